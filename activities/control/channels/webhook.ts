import { createHmac } from 'node:crypto';
import type { Bulletin } from '../../../src/domain/notice.ts';
import { bulletinDocument, type LinkTo } from '../../../src/report/bulletin.ts';
import { post } from './post.ts';

/**
 * Posts the bulletin as JSON. Its receiver can tell by the signature who sent it and when, and by
 * the key that it is the same however often it comes. Throws NotTaken.
 */
export async function sendWebhook(
  { url, key }: { url: string; key: string },
  bulletin: Bulletin,
  linkTo: LinkTo,
): Promise<void> {
  const body = JSON.stringify(bulletinDocument(bulletin, linkTo));
  const seconds = Math.floor(Date.now() / 1_000);
  await post(url, body, {
    'idempotency-key': bulletin.id,
    'patchcycle-signature': `t=${seconds},v1=${signatureOf(key, seconds, body)}`,
  });
}

/** HMAC-SHA256 of time, a dot and the body, in hexadecimal digits. */
function signatureOf(key: string, seconds: number, body: string): string {
  return createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
}
