import { Config } from '../domain/config.ts';
import { durationMs } from '../domain/duration.ts';
import { checkWindow } from './check-window.ts';
import { didYouMean } from './did-you-mean.ts';
import { parseYaml } from './yaml-issues.ts';
import { FILE_ERRORS_MAX, readYaml, type FileError } from './yaml-source.ts';

export { FILE_SIZE_MAX, type FileError } from './yaml-source.ts';

export type ParsedConfig = { ok: true; config: Config } | { ok: false; errors: FileError[] };

/**
 * Reads the operator's file of policies and hosts. Beyond the schema it checks what only shows
 * when values are seen together: windows that never open or are too short, hosts whose policy does
 * not exist. All errors at once, in the order of the file.
 */
export function parseConfig(
  text: string,
  fileName: string,
  nowMs: number = Date.now(),
): ParsedConfig {
  const parsed = parseYaml(text, fileName, Config);
  if (!parsed.ok) return parsed;
  const config = parsed.value;
  const source = readYaml(text, fileName);
  const errors = [...windowProblems(config, nowMs), ...hostProblems(config)]
    .map(({ path, message, remedy }) => ({
      file: fileName,
      ...source.at(path, 'value'),
      path: path.join('.'),
      message,
      remedy,
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, FILE_ERRORS_MAX);
  return errors.length === 0 ? { ok: true, config } : { ok: false, errors };
}

type Problem = { path: string[]; message: string; remedy: string };

function windowProblems({ policies }: Config, nowMs: number): Problem[] {
  return Object.entries(policies).flatMap(([name, { window, limits }]) =>
    window === undefined
      ? []
      : checkWindow(window, durationMs(limits.wholeCycle), nowMs).map((message) => ({
          path: ['policies', name, 'window'],
          message,
          remedy: 'Correct the window, or leave it out so that every time is allowed.',
        })),
  );
}

function hostProblems({ hosts, policies }: Config): Problem[] {
  const known = Object.keys(policies);
  return Object.entries(hosts).flatMap(([host, { policy }]) =>
    Object.hasOwn(policies, policy)
      ? []
      : [
          {
            path: ['hosts', host, 'policy'],
            message: `there is no policy "${policy}"${didYouMean(policy, known) ?? ''}`,
            remedy:
              known.length === 0
                ? 'Write the policy under "policies:".'
                : `Name one of ${known.slice(0, 20).join(', ')}, or write "${policy}" under "policies:".`,
          },
        ],
  );
}
