import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { NotTaken } from './not-taken.ts';

/** From the first packet to the end of the answer. */
const LIMIT_MS = 10_000;

/** Of the answer only the status counts; this much is read, so that the other side can end in order. */
const ANSWER_BYTES_MAX = 64 * 1_024;

/** Longer nobody is left alone: the message is given up before. */
const WAIT_MAX_MS = 5 * 60_000;

/** Statuses that say "later". */
const LATER = [408, 425, 429];

/**
 * Posts JSON to this address and to no other: redirects are not followed, proxies of the
 * environment not asked. Throws NotTaken.
 */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  limitMs: number = LIMIT_MS,
): Promise<void> {
  const { statusCode = 0, headers: answered } = await exchange(url, body, headers, limitMs);
  if (statusCode >= 200 && statusCode < 300) return;
  if (statusCode >= 300 && statusCode < 400) {
    throw new NotTaken(
      `It answered with the redirect ${statusCode}, which is not followed.`,
      false,
    );
  }
  const retryable = statusCode >= 500 || LATER.includes(statusCode);
  throw new NotTaken(`It answered with the status ${statusCode}.`, retryable, waitOf(answered));
}

function exchange(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<IncomingMessage> {
  // node:http and not fetch, which refuses ports that browsers must not use.
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(unreachable(error, limitMs));
    const asked = request(
      url,
      {
        method: 'POST',
        agent: false,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'patchcycle',
          ...headers,
        },
        signal: AbortSignal.timeout(limitMs),
      },
      (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes < ANSWER_BYTES_MAX) return;
          resolve(answer);
          asked.destroy();
        });
        answer.on('end', () => resolve(answer));
        answer.on('error', fail);
      },
    );
    asked.on('error', fail);
    asked.end(body);
  });
}

/** By code only: the texts of errors may name what is in the address. */
function unreachable(error: Error, limitMs: number): NotTaken {
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  const late = ['TimeoutError', 'AbortError'].includes(error.name) || code === 'ABORT_ERR';
  return new NotTaken(
    late ? `It did not answer within ${limitMs} ms.` : `It cannot be reached (${code}).`,
    true,
  );
}

/** `Retry-After`, in seconds or as a date. */
function waitOf(headers: IncomingMessage['headers']): number | null {
  const said = headers['retry-after'];
  if (said === undefined) return null;
  const waitMs = /^\d{1,6}$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - Date.now();
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 1_000), WAIT_MAX_MS);
}
