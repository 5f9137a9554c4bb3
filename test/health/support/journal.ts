import type { CommandResult, RunCommand } from '../../../src/host/tools.ts';

export type Entry = Record<string, unknown>;

/**
 * A journal that answers like journalctl: unit tests have none. Entries are in the order of their
 * cursors `c1`, `c2` and so on; what the host logs is pushed.
 */
export class FakeJournal {
  readonly entries: Entry[] = [];
  /** Cursors up to this one are gone, as after a reboot with a volatile journal. */
  forgotten = 0;
  /** Argument vectors that were run. */
  readonly asked: string[][] = [];
  /** There is no journalctl. */
  missing = false;
  /** There is a journalctl, and no journal has been written yet. */
  unwritten = false;
  /** How the next runs of journalctl end instead of as they should. */
  broken: Partial<CommandResult> | null = null;

  log(message: string, more: Entry = {}): void {
    this.entries.push({
      __CURSOR: `c${this.entries.length + 1}`,
      __REALTIME_TIMESTAMP: String(Date.now() * 1_000),
      MESSAGE: message,
      PRIORITY: '6',
      SYSLOG_IDENTIFIER: 'app',
      _SYSTEMD_UNIT: 'app.service',
      _TRANSPORT: 'syslog',
      ...more,
    });
  }

  readonly run: RunCommand = (argv) => {
    this.asked.push([...argv]);
    return Promise.resolve(this.#answer(argv));
  };

  #answer(argv: readonly string[]): CommandResult {
    if (this.missing || argv[0] !== 'journalctl') {
      return result(argv, null, '', `spawn ${argv[0] ?? ''} ENOENT\n`);
    }
    if (this.broken !== null) return { ...result(argv, 1, ''), ...this.broken };
    if (this.unwritten) {
      return result(argv, 1, '-- No entries --\n', 'No journal files were found.\n');
    }
    if (argv.includes('--show-cursor')) {
      return result(argv, 0, `-- cursor: c${this.entries.length}\n`);
    }
    const after = argv.find((argument) => argument.startsWith('--after-cursor='));
    const from =
      after === undefined ? this.forgotten : Number(after.slice('--after-cursor=c'.length));
    if (from < this.forgotten || Number.isNaN(from)) {
      return result(argv, 1, '', 'Failed to seek to cursor: Invalid argument\n');
    }
    const errorsOnly = argv.includes('--priority=err');
    const found = this.entries
      .slice(from)
      .filter((entry) => !errorsOnly || Number(entry['PRIORITY']) <= 3);
    return result(argv, 0, found.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  }
}

export function result(
  argv: readonly string[],
  exitCode: number | null,
  stdout: string,
  stderr = '',
): CommandResult {
  return {
    argv: argv as CommandResult['argv'],
    exitCode,
    signal: null,
    stdout,
    stderr,
    durationMs: 1,
    timedOut: false,
    truncated: false,
  };
}
