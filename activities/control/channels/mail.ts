import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import type { MailChannel } from '../../../src/domain/central-config.ts';
import type { Bulletin } from '../../../src/domain/notice.ts';
import { bulletinSubject, bulletinText, type LinkTo } from '../../../src/report/bulletin.ts';
import { NotTaken } from './not-taken.ts';

/** For each silence of the server. */
const SILENCE_MAX_MS = 10_000;

/** For the whole conversation. */
const LIMIT_MS = 40_000;

/**
 * Sends the bulletin as a plain text mail. Sent again it has the same Message-ID, so that mail
 * programs show it once. Throws NotTaken.
 */
export async function sendMail(
  { server, login, from, to }: MailChannel,
  password: string,
  bulletin: Bulletin,
  linkTo: LinkTo,
): Promise<void> {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    ...(server.ca === undefined ? {} : { tls: { ca: await readFile(server.ca) } }),
    ...(login === undefined ? {} : { auth: { user: login.user, pass: password } }),
    connectionTimeout: SILENCE_MAX_MS,
    greetingTimeout: SILENCE_MAX_MS,
    socketTimeout: SILENCE_MAX_MS,
    dnsTimeout: SILENCE_MAX_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const sent = transport.sendMail({
    from,
    to,
    subject: bulletinSubject(bulletin),
    text: bulletinText(bulletin, linkTo),
    messageId: `<${bulletin.id}@${from.slice(from.indexOf('@') + 1)}>`,
    headers: { 'auto-submitted': 'auto-generated' },
  });
  try {
    const { rejected } = await within(LIMIT_MS, sent);
    if (rejected.length === 0) return;
  } catch (error) {
    throw notTaken(error);
  } finally {
    transport.close();
  }
  // Those who have it would get it again.
  throw new NotTaken('The server refused some of the recipients; the others have it.', false);
}

/** By code only: servers quote what they were told. */
function notTaken(error: unknown): NotTaken {
  if (error instanceof NotTaken) return error;
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  const answered = responseCode === undefined ? '' : ` with ${responseCode}`;
  const what =
    code === 'EAUTH' ? 'The server refused the login' : 'The server did not take the mail';
  const refused = responseCode !== undefined && responseCode >= 500;
  return new NotTaken(`${what}${answered} (${code ?? 'no code'}).`, !refused);
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new NotTaken(`The server needed more than ${limitMs} ms.`, true));
    timer = setTimeout(fail, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
