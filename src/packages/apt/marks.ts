import type { HostTools } from '../../host/tools.ts';
import { runPackageTool } from './run.ts';
import { inPortions } from '../shared/portions.ts';

/**
 * Packages that were installed for others' sake only, as apt-mark names them. Naming packages in an
 * installation marks them as wanted for their own; then `autoremove` would never again clean them up.
 */
export async function readAutomaticMarks(tools: HostTools): Promise<string[]> {
  const { stdout } = await runPackageTool(
    tools,
    ['apt-mark', 'showauto'],
    'the marks of automatically installed packages could not be read',
  );
  return stdout.split('\n').filter((line) => line !== '');
}

/** Brings the marks of all packages that are `present` to `wanted`; apt-mark knows no others. */
export async function restoreAutomaticMarks(
  tools: HostTools,
  wanted: ReadonlySet<string>,
  present: ReadonlySet<string>,
): Promise<void> {
  const now = new Set(await readAutomaticMarks(tools));
  await mark(
    tools,
    'auto',
    [...wanted].filter((name) => present.has(name) && !now.has(name)),
  );
  await mark(
    tools,
    'manual',
    [...now].filter((name) => present.has(name) && !wanted.has(name)),
  );
}

async function mark(
  tools: HostTools,
  kind: 'auto' | 'manual',
  names: readonly string[],
): Promise<void> {
  for (const portion of inPortions(names)) {
    await runPackageTool(
      tools,
      ['apt-mark', kind, '--', ...portion],
      'the marks of automatically installed packages could not be put back',
    );
  }
}
