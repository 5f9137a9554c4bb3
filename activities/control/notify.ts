import { z } from 'zod';

/** Bounded, because it is written to a log by whoever may write to the namespace. */
const Notice = z.object({
  host: z.string().max(253),
  subject: z.string().max(500),
  text: z.string().max(4_000),
});

/** Says that a person is waited for, as one line of the worker's log. Throws a ZodError on anything but a notice. */
export async function notify(document: unknown, say: (line: string) => void): Promise<void> {
  const { host, subject, text } = Notice.parse(document);
  say(`${host}: ${subject} ${text}`.replace(/\p{Cc}+/gu, ' '));
}
