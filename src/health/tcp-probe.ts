import { connect } from 'node:net';
import { durationMs } from '../domain/duration.ts';
import type { ProbeResult } from '../domain/health.ts';
import type { TcpProbe } from '../domain/policy.ts';
import { probe, type Try } from './probes.ts';

/** Connects and closes again; nothing is sent. The time is that of the connection. */
export function probeTcp({ host, port, within }: TcpProbe): Promise<ProbeResult> {
  const limitMs = durationMs(within);
  return probe(`tcp ${host}:${port}`, () => ask(host, port, limitMs));
}

function ask(host: string, port: number, limitMs: number): Promise<Try> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: Try): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(
      () => end({ ok: false, detail: `did not take the connection within ${limitMs} ms` }),
      limitMs,
    );
    socket.once('connect', () => end({ ok: true, ms: performance.now() - startedMs }));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end({
        ok: false,
        detail:
          error.code === 'ECONNREFUSED'
            ? 'refuses connections: nothing listens there'
            : `cannot be reached: ${error.message || (error.code ?? 'unknown')}`,
      }),
    );
  });
}
