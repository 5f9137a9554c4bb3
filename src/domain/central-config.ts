import { z } from 'zod';
import { Duration, durationMs } from './duration.ts';
import { AbsolutePath, ShortName } from './names.ts';
import { NoticeKind } from './notice.ts';
import { SecretSource } from './secret-source.ts';

const HOUR_MS = 3_600_000;

/** Told about everything, unless it says of what. */
const kinds = z
  .array(NoticeKind)
  .min(1)
  .default([...NoticeKind.options]);

/** Without TLS only what listens on this very machine is told anything. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '[::1]' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

/** Where HTTP messages go: no user and password in it, because they would be shown with it. */
export const ChannelUrl = z
  .string()
  .max(2_000)
  .refine(
    isChannelUrl,
    'an address is https://…, or http://… on this machine, without user and password',
  );

export function isChannelUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** One mail address, without the name of a person. */
export const MailAddress = z
  .string()
  .max(254)
  .regex(
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/,
    'an address is written name@example.org',
  );

export const WebhookChannel = z.strictObject({
  type: z.literal('webhook'),
  url: ChannelUrl,
  /** The key of the signature. */
  secret: SecretSource,
  kinds,
});
export type WebhookChannel = z.infer<typeof WebhookChannel>;

export const SlackChannel = z.strictObject({
  type: z.literal('slack'),
  /** Whoever knows the address of an incoming webhook may write to the channel: it is a secret. */
  url: SecretSource,
  kinds,
});
export type SlackChannel = z.infer<typeof SlackChannel>;

const MailServer = z.strictObject({
  host: z
    .string()
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/,
      'a server is a name or an address',
    ),
  port: z.number().int().min(1).max(65_535).default(587),
  /** `starttls` or nothing, TLS from the first byte, or none at all. */
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  /** Certificates of the authorities that are believed, PEM; default those of Node. */
  ca: AbsolutePath.optional(),
});

export const MailChannel = z
  .strictObject({
    type: z.literal('mail'),
    server: MailServer,
    login: z.strictObject({ user: z.string().min(1).max(254), password: SecretSource }).optional(),
    from: MailAddress,
    to: z.array(MailAddress).min(1).max(50),
    kinds,
  })
  .refine(({ server }) => server.tls !== 'none' || isLoopback(server.host), {
    path: ['server', 'tls'],
    message: 'without TLS mail goes to a server on this machine only',
  });
export type MailChannel = z.infer<typeof MailChannel>;

export const Channel = z.discriminatedUnion('type', [WebhookChannel, SlackChannel, MailChannel]);
export type Channel = z.infer<typeof Channel>;

function durationUpTo(maxMs: number, max: string) {
  return Duration.refine(
    (length) => durationMs(length) >= 1_000 && durationMs(length) <= maxMs,
    `from 1s to ${max}`,
  );
}

/** How people are told, and where. */
export const Notifications = z.strictObject({
  gather: durationUpTo(HOUR_MS, '1h').default('1m'),
  repeat: durationUpTo(24 * HOUR_MS, '24h').default('30m'),
  perHour: z.number().int().min(1).max(1_000).default(20),
  channels: z
    .record(ShortName, Channel)
    .refine((channels) => Object.keys(channels).length <= 20, 'there are 20 channels at most')
    .default({}),
});
export type Notifications = z.infer<typeof Notifications>;

/** What is configured of the central workers, the same for all of them. Unknown keys are errors. */
export const CentralConfig = z.strictObject({
  notifications: Notifications.prefault({}),
});
export type CentralConfig = z.infer<typeof CentralConfig>;
