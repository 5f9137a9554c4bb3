import type { LogLine } from './line.ts';

/** Syslog's `err`; 0 to 3 are errors by the word of the program that logged them. */
const PRIORITY_ERR = 3;

/** Syslog's `crit`: 0 to 2 are never used for what happens in ordinary work. */
const PRIORITY_CRIT = 2;

/**
 * Words that say that something went wrong. Not as a part of a path or of a compound
 * (`error.log`, `on-failure`, `error_log`, `failover`).
 */
const ERROR_WORD =
  /(?<![\w./@-])(?:errors?|fail(?:ed|ures?|s|ing)?|fatal|panic(?:ked)?|critical|emergency|abort(?:ed|ing)|segfault|traceback|exception|corrupt(?:ed|ion)?|denied|unable to|cannot|could not)(?![\w@]|[./-]\w)/i;

/** How programs state a level inside of the text: `[error]`, `level=err`, `severity: CRITICAL`, `E: `. */
const ERROR_LEVEL =
  /\[(?:err|error|crit|critical|alert|emerg|fatal|panic)\]|\b(?:level|lvl|severity)["']?[=:] ?["']?(?:err|error|crit|critical|alert|emerg|fatal|panic)\b|^(?:E|F): /i;

/** Names of exceptions: `ValueError: x`, `java.io.IOException: x`. */
const EXCEPTION = /\b[A-Z]\w{1,60}(?:Error|Exception)(?::|\b(?= at ))/;

/** The same words where they say that all is well. */
const NO_ERROR =
  /\b(?:no|without|zero|0|ignoring|ignored) (?:\w{1,20} )?(?:errors?|failures?|failed)\b|\b(?:errors?|fail(?:ed|ures?))["']?\s{0,3}[:=]\s{0,3}["']?(?:0|no|none|nil|null|false|""|'')(?![\w.])/i;

/** A level that programs state inside of the text and that is none of an error. */
const HARMLESS_LEVEL =
  /\[(?:debug|info|notice)\]|\b(?:level|lvl|severity)["']?[=:] ?["']?(?:debug|info|notice)\b|^(?:DEBUG|INFO|NOTICE)\b/i;

/** A process or the kernel crashed: one line of it is enough, whatever its urgency. */
const CRASH =
  /\bsegfault at\b|\bgeneral protection fault\b|\bdumped core\b|\bcore dumped\b|\bkernel panic\b|\bKernel BUG\b|^(?:\[[ \d.]{1,20}\] )?(?:BUG|Oops): |\bOut of memory: Killed process\b|\bstack smashing detected\b|\bdouble free or corruption\b/i;

/**
 * Whether a line tells of an error, and whether of a crash. Who stated an urgency is believed;
 * where nobody did, the words decide.
 */
export function judgeLine({ message, priority, aboutLogin }: LogLine): {
  error: boolean;
  severe: boolean;
} {
  const crash = CRASH.test(message);
  if (priority !== null) {
    const severe = crash || (priority <= PRIORITY_CRIT && !aboutLogin);
    return { error: severe || priority <= PRIORITY_ERR, severe };
  }
  return { error: crash || saysError(message), severe: crash };
}

/** Whether the words of a line tell of an error. */
export function saysError(message: string): boolean {
  if (ERROR_LEVEL.test(message)) return true;
  if (HARMLESS_LEVEL.test(message)) return false;
  if (!ERROR_WORD.test(message) && !EXCEPTION.test(message)) return false;
  return (
    ERROR_WORD.test(message.replace(new RegExp(NO_ERROR, 'gi'), '')) || EXCEPTION.test(message)
  );
}

/**
 * What every line that {@link judgeLine} could take for an error without a stated urgency has in
 * it: for journalctl's own search, so that a week of a busy journal is not read line by line.
 */
export const ROUGH_ERROR_PATTERN =
  '^[EF]: |err|fail|fatal|panic|crit|emerg|abort|segfault|traceback|exception|corrupt|denied|unable to|cannot|could not|core dumped|dumped core|protection fault|bug: |oops: |out of memory|stack smashing|double free';
