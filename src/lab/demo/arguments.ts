import { parseArgs } from 'node:util';
import { BadRequest } from '../../client/index.ts';

export type DemoArguments = {
  fleet: boolean;
  yes: boolean;
  keep: boolean;
  json: boolean;
  help: boolean;
};

export const DEMO_HELP = `Usage: npm run demo [-- OPTIONS]

Four real hosts are made on this machine and patched before your eyes: one by itself, one when you
approve the plan, one with a bad update that is put back, and one of the Red Hat family. Everything
is removed at the end. It needs root on Debian or Ubuntu.

With --fleet it is a rollout over six hosts: an update that breaks the canary stops it, and a second
one goes through without that update.

Options:
  --fleet  a rollout over six hosts instead
  --yes    approve the critical host's plan without asking, as "demo"; in a fleet nobody is asked
  --keep   leave everything running until Ctrl-C, to play with
  --json   one JSON document on standard output, everything else on standard error
  --help   show this

Exit codes: 0 every host ended as it had to, 1 it could not be played, 2 a host ended otherwise,
130 stopped by Ctrl-C`;

/** Throws BadRequest that names what it does not know. */
export function parseDemoArguments(argv: readonly string[]): DemoArguments {
  try {
    return parsed(argv);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new BadRequest(message, 'npm run demo -- --help shows how it is used.', {
      cause: error,
    });
  }
}

function parsed(argv: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      fleet: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}
