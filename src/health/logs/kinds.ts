import type { ObservedKind } from '../../planning/log-verdict.ts';
import { maskSecrets } from '../../host/mask.ts';
import { judgeLine } from './error-lines.ts';
import type { LogLine } from './line.ts';
import { isNoise } from './noise.ts';
import { signatureOf } from './signature.ts';

/** A host with more kinds of error than this is not told apart any better by one more. */
const KINDS_MAX = 2_000;

/** As much of the first line as a finding carries (src/domain/health.ts). */
const FIRST_LINE_MAX = 500;

type Counted = ObservedKind & { journalCount: number; textCount: number };

/**
 * Counts kinds of error. The syslog daemon writes what the journal has into text logs again: a
 * kind that both have is counted where it was seen more often, not twice.
 */
export class ErrorKinds {
  readonly #kinds = new Map<string, Counted>();
  readonly #ignore: readonly RegExp[];

  constructor(ignore: readonly RegExp[]) {
    this.#ignore = ignore;
  }

  /** Whether a line tells of an error that counts. */
  isError(line: LogLine): boolean {
    return judgeLine(line).error && !isNoise(line, this.#ignore);
  }

  /** Counts the line if it tells of an error. */
  add(line: LogLine, where: 'journal' | 'text'): void {
    if (!this.isError(line)) return;
    const signature = signatureOf(line.program, line.message);
    const kind = this.#kinds.get(signature) ?? this.#begin(signature, line);
    if (kind === null) return;
    if (where === 'journal') kind.journalCount++;
    else kind.textCount++;
    kind.count = Math.max(kind.journalCount, kind.textCount);
    kind.severe ||= judgeLine(line).severe;
  }

  all(): ObservedKind[] {
    return [...this.#kinds.values()].map(({ signature, source, count, firstLine, severe }) => ({
      signature,
      source,
      count,
      firstLine,
      severe,
    }));
  }

  #begin(signature: string, line: LogLine): Counted | null {
    if (this.#kinds.size >= KINDS_MAX) return null;
    const kind: Counted = {
      signature,
      source: line.source.slice(0, 300),
      count: 0,
      firstLine: firstLineOf(line),
      severe: false,
      journalCount: 0,
      textCount: 0,
    };
    this.#kinds.set(signature, kind);
    return kind;
  }
}

function firstLineOf({ program, message }: LogLine): string {
  const line = program === '' ? message : `${program}: ${message}`;
  // Masked before it is cut, so that no half of a secret is left.
  return maskSecrets(line.slice(0, 4_000)).replace(/\s+/g, ' ').trim().slice(0, FIRST_LINE_MAX);
}
