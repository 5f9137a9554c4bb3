import { runCli } from '../../../cli/run.ts';
import type { Context } from '../../../cli/kit.ts';
import type { Site } from '../../site.ts';

/** Types commands as a person at a terminal does, so that the audience sees them and what they answer. */
export type TypeCommand = (...argv: string[]) => Promise<void>;

/** `directory` is where they are typed: the inventory lies there. */
export function commandLine(context: Context, site: Site, directory: string): TypeCommand {
  const { io, json, errLook } = context;
  const { address, uiUrl } = site.server;
  // Where Temporal is, is read from the environment of the process, as at any terminal.
  Object.assign(process.env, { TEMPORAL_ADDRESS: address, PATCHCYCLE_UI_URL: uiUrl ?? '' });
  // With --json standard output has one document, which is not theirs.
  const stdout = json ? io.stderr : io.stdout;
  return async (...argv) => {
    stdout.write(`\n${errLook.paint('cyan', `$ patchcycle ${argv.map(quoted).join(' ')}`)}\n`);
    const typed = { ...io, env: process.env, stdout, workingDirectory: directory, canAsk: false };
    const exitCode = await runCli(argv, typed);
    if (exitCode !== 0) throw new Error(`patchcycle ${argv.join(' ')} ended with ${exitCode}`);
  };
}

/** Only for the eye: nothing is given to a shell. */
function quoted(word: string): string {
  return /^[\w./=-]+$/.test(word) ? word : `"${word}"`;
}
