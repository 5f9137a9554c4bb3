import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findTemporalCli } from '../../../src/temporal/server/index.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The history of the latest run, by Temporal's own CLI, whose JSON is the form that every SDK replays. */
export async function showHistory(address: string, workflowId: string): Promise<string> {
  const cli = await findTemporalCli();
  const { stdout } = await promisify(execFile)(
    cli,
    ['workflow', 'show', '--address', address, '--workflow-id', workflowId, '--output', 'json'],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  // Stack traces name the folder of this clone, which is nobody's business.
  return `${JSON.stringify(JSON.parse(stdout))}\n`.replaceAll(ROOT, '/patchcycle/');
}
