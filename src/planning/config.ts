import { Config } from '../domain/config.ts';
import { readCalendars, type ReadFile } from './check-config/calendars.ts';
import { groupProblems } from './check-config/groups.ts';
import { hostProblems } from './check-config/hosts.ts';
import { policyProblems } from './check-config/policies.ts';
import type { Problem } from './check-config/problem.ts';
import { soundPart, writtenNames } from './check-config/sound-part.ts';
import type { Inventory } from './inventory.ts';
import { explainIssues } from './yaml-issues.ts';
import { FILE_ERRORS_MAX, readYaml, type FileError } from './yaml-source.ts';

export { FILE_SIZE_MAX, type FileError } from './yaml-source.ts';

export type ParsedConfig = { ok: true; config: Inventory } | { ok: false; errors: FileError[] };

/**
 * Reads the operator's file of policies and hosts. Beyond the schema it checks what only shows
 * when values are seen together: windows that never open or are too short, blackouts that leave no
 * time, schedules that cannot be followed, hosts whose policy or groups do not exist or do not fit.
 * All errors at once, in the order of the file; only broken YAML is told alone, because nothing
 * after it can be trusted.
 */
export function parseConfig(
  text: string,
  fileName: string,
  nowMs: number = Date.now(),
  readFile: ReadFile = noFiles,
): ParsedConfig {
  const source = readYaml(text, fileName);
  if (source.value === undefined && source.errors.length > 0) {
    return { ok: false, errors: source.errors };
  }
  const value = source.value ?? {};
  const parsed = Config.safeParse(value);
  const problems: Problem[] = parsed.success ? [] : explainIssues(parsed.error, value, Config);
  const config = parsed.success ? parsed.data : soundPart(value);
  const written = writtenNames(value);
  const calendars = readCalendars(config, written, readFile, nowMs, problems);
  const inventory = { ...config, calendars };
  problems.push(
    ...policyProblems(inventory, nowMs),
    ...hostProblems(inventory, written, nowMs),
    ...groupProblems(inventory, written),
  );
  const errors = [...source.errors, ...problems.map(located)]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, FILE_ERRORS_MAX);
  return errors.length === 0 ? { ok: true, config: inventory } : { ok: false, errors };

  function located({ path, what, message, remedy }: Problem): FileError {
    const place = source.at(path, what);
    return { file: fileName, ...place, path: path.map(String).join('.'), message, remedy };
  }
}

function noFiles(): never {
  throw new Error('files are not read here');
}
