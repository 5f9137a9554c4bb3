import type { LogFinding, LogReport } from '../domain/health.ts';

/** A kind of error as the logs were read, with whether one such line is enough to act on. */
export type ObservedKind = LogFinding & {
  /** A crash of the kernel or of a process, or a message of the highest urgency. */
  severe: boolean;
};

export type WatchedLogs = {
  /** Signatures that the host knew before the change. */
  known: ReadonlySet<string>;
  /** What was logged from the baseline until the soak began: services and the host restarted. */
  duringChange: readonly ObservedKind[];
  /** What was logged since then. */
  duringSoak: readonly ObservedKind[];
};

export type LogVerdict = Pick<LogReport, 'newKinds' | 'knownKinds' | 'passingKinds'> & {
  /** Whether waiting for the rest of the soak could not change the judgement. */
  beyondDoubt: boolean;
  /** One sentence for each new kind, with its count and first line; empty means the logs are good. */
  findings: string[];
};

/** A report lists this many kinds of each sort, the most frequent ones; a host with more is broken in any case. */
const KINDS_MAX = 50;

/** A new kind that comes this often after everything has started is no leftover of the restart. */
const CERTAIN_COUNT = 3;

/**
 * Judges what the logs said against what the host knew before.
 * - A kind that is new and is logged during the soak decides, from its first line.
 * - A kind that is new and was logged only while services restarted does not: connections break
 *   and workers end then. Unless it is severe: a crash is a crash whenever it happens.
 */
export function judgeLogs({ known, duringChange, duringSoak }: WatchedLogs): LogVerdict {
  const soak = new Map(duringSoak.map((kind) => [kind.signature, kind]));
  const merged = new Map(soak);
  for (const kind of duringChange) {
    const again = merged.get(kind.signature);
    merged.set(kind.signature, again === undefined ? kind : together(kind, again));
  }
  const all = [...merged.values()];
  const decides = ({ signature, severe }: ObservedKind): boolean =>
    !known.has(signature) && (severe || soak.has(signature));
  const deciding = all.filter(decides);
  return {
    newKinds: report(deciding),
    knownKinds: report(all.filter(({ signature }) => known.has(signature))),
    passingKinds: report(all.filter((kind) => !known.has(kind.signature) && !decides(kind))),
    beyondDoubt: deciding.some(
      ({ signature, severe }) => severe || (soak.get(signature)?.count ?? 0) >= CERTAIN_COUNT,
    ),
    findings: report(deciding).map(sentence),
  };
}

function together(earlier: ObservedKind, later: ObservedKind): ObservedKind {
  return {
    ...earlier,
    count: earlier.count + later.count,
    severe: earlier.severe || later.severe,
  };
}

function report(kinds: readonly ObservedKind[]): LogFinding[] {
  return [...kinds]
    .sort((a, b) => b.count - a.count || (a.signature < b.signature ? -1 : 1))
    .slice(0, KINDS_MAX)
    .map(({ signature, source, count, firstLine }) => ({ signature, source, count, firstLine }));
}

function sentence({ source, count, firstLine }: LogFinding): string {
  const times = count === 1 ? 'once' : `${count} times`;
  return `new kind of error in ${source}, ${times}: ${firstLine}`;
}
