import type { LogPosition } from '../../domain/health.ts';
import type { RunCommand } from '../../host/tools.ts';
import { journalCursor } from './journal.ts';
import { TEXT_LOGS, textLogPosition } from './text-log.ts';

/**
 * Where the host's logs end now. Text logs that do not exist are left out; one that appears later
 * is read from its beginning. Fails with `CommandFailed` (may be retried) when the journal does not
 * say where it ends.
 */
export async function logPosition(
  run: RunCommand,
  textLogs: readonly string[] = TEXT_LOGS,
): Promise<LogPosition> {
  // The journal is asked last: what the text logs have by then, it has as well.
  const files = await Promise.all(textLogs.map((path) => textLogPosition(path)));
  return {
    files: files.filter((position) => position !== null),
    journalCursor: await journalCursor(run),
  };
}
