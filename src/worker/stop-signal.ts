/**
 * Aborted by the first SIGTERM or SIGINT of this process. Whatever still holds the process then is
 * given `forceAfterMs`, after which the process ends all the same.
 */
export function stopSignal(forceAfterMs: number): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    setTimeout(() => process.exit(0), forceAfterMs).unref();
    controller.abort(new Error(`stopped by ${signal}`));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  return controller.signal;
}
