import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { durationMs } from '../domain/duration.ts';
import type { ProbeResult } from '../domain/health.ts';
import type { HttpProbe } from '../domain/policy.ts';
import { maskSecrets } from '../host/mask.ts';
import { probe, type Try } from './probes.ts';

/** A health page is small; of a larger one the beginning says whether the service answers. */
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * Gets a URL and compares the status. Redirects are not followed: where a health page leads to the
 * login page, it is the redirect that has to be seen. The time is that of the whole answer, each
 * on a connection of its own.
 */
export function probeHttp({ url, status, within }: HttpProbe): Promise<ProbeResult> {
  const limitMs = durationMs(within);
  return probe(`http ${maskSecrets(url)}`.slice(0, 300), () => ask(url, status, limitMs));
}

function ask(url: string, status: number, limitMs: number): Promise<Try> {
  // node:http and not fetch, which refuses ports that browsers must not use (6000, 10080).
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const miss = (detail: string): void => resolve({ ok: false, detail });
    const asked = request(
      url,
      {
        agent: false,
        headers: { 'user-agent': 'patchcycle', accept: '*/*' },
        signal: AbortSignal.timeout(limitMs),
      },
      (answer) => {
        let bytes = 0;
        const finish = (): void => {
          const ms = performance.now() - startedMs;
          if (answer.statusCode === status) resolve({ ok: true, ms });
          else miss(`answers with status ${answer.statusCode ?? 'none'} instead of ${status}`);
        };
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes < BODY_BYTES_MAX) return;
          finish();
          asked.destroy();
        });
        answer.on('end', finish);
        answer.on('error', (error) => miss(describe(error, limitMs)));
      },
    );
    asked.on('error', (error) => miss(describe(error, limitMs)));
    asked.end();
  });
}

function describe(error: Error, limitMs: number): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (error.name === 'TimeoutError' || error.name === 'AbortError' || code === 'ABORT_ERR') {
    return `did not answer within ${limitMs} ms`;
  }
  if (code === 'ECONNREFUSED') return 'refuses connections: nothing listens there';
  return `cannot be asked: ${error.message || code}`;
}
