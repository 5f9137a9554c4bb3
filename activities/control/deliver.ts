import { ApplicationFailure } from '@temporalio/common';
import { isChannelUrl, type Channel, type Notifications } from '../../src/domain/central-config.ts';
import { Bulletin } from '../../src/domain/notice.ts';
import type { LinkTo } from '../../src/report/bulletin.ts';
import { sendMail } from './channels/mail.ts';
import { NotTaken } from './channels/not-taken.ts';
import { sendSlack } from './channels/slack.ts';
import { sendWebhook } from './channels/webhook.ts';
import { readSecret, SecretMissing } from './secret.ts';

/**
 * Hands a message to one channel. Throws ApplicationFailure `ChannelFailed`, which names no secret
 * and nothing that the other side said, and says whether and when it is worth another try.
 */
export async function deliver(
  channels: Notifications['channels'],
  { channel: name, bulletin }: { channel: string; bulletin: unknown },
  linkTo: LinkTo,
): Promise<void> {
  try {
    const channel = Object.hasOwn(channels, name) ? channels[name] : undefined;
    // Another central worker may have it already.
    if (channel === undefined) throw new NotTaken('This worker has no such channel.', true);
    await send(channel, Bulletin.parse(bulletin), linkTo);
  } catch (error) {
    throw channelFailure(name, error);
  }
}

async function send(channel: Channel, bulletin: Bulletin, linkTo: LinkTo): Promise<void> {
  switch (channel.type) {
    case 'webhook': {
      const key = await readSecret(channel.secret);
      return sendWebhook({ url: channel.url, key }, bulletin, linkTo);
    }
    case 'slack': {
      const url = await readSecret(channel.url);
      if (!isChannelUrl(url)) throw new SecretMissing('What is there is no address: https://….');
      return sendSlack(url, bulletin, linkTo);
    }
    case 'mail': {
      const password = channel.login === undefined ? '' : await readSecret(channel.login.password);
      return sendMail(channel, password, bulletin, linkTo);
    }
  }
}

/** The texts of other errors are not looked through for secrets: their names have to do. */
function channelFailure(channel: string, error: unknown): ApplicationFailure {
  const known = error instanceof NotTaken || error instanceof SecretMissing;
  const what = known ? error.message : `It failed unexpectedly (${nameOf(error)}).`;
  const { retryable, waitMs } =
    error instanceof NotTaken ? error : { retryable: true, waitMs: null };
  return ApplicationFailure.create({
    message: `The channel ${channel} did not take a message. ${what}`,
    type: 'ChannelFailed',
    nonRetryable: !retryable,
    ...(waitMs === null ? {} : { nextRetryDelay: waitMs }),
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
