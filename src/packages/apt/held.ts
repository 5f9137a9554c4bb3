import type { HostTools } from '../../host/tools.ts';
import { splitName } from './parse-simulation.ts';
import { runPackageTool } from './run.ts';

/** Names of the packages that somebody holds back with `apt-mark hold`, sorted. */
export async function readHeld(tools: HostTools): Promise<string[]> {
  const { stdout } = await runPackageTool(
    tools,
    ['apt-mark', 'showhold'],
    'the held packages could not be listed',
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  return [...new Set(lines.map((line) => splitName(line).name))].toSorted();
}
