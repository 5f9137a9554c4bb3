import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { HostName } from '../../domain/names.ts';
import { TemporalUnreachable } from '../../client/index.ts';
import { connectionChecks } from '../check-connection.ts';
import { missing, ok, type Check } from '../check.ts';
import { EXIT } from '../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { checksText } from '../render/checks.ts';

const AGENT_CONFIG = '/etc/patchcycle/agent.yaml';

export function doctorCommand(kit: Kit): Command {
  return kit
    .connected('doctor', 'tell what is missing on this machine or for a host, each with its mend')
    .argument('[host]', 'also: whether the agent of this host asks for work', parser(HostName))
    .option(
      '--agent',
      `also: what an agent needs of this machine (default where ${AGENT_CONFIG} is)`,
    )
    .addHelpText(
      'after',
      `
Exit code 0: nothing is missing. 1: something is. 3: Temporal cannot be reached.

Examples:
  patchcycle doctor
  patchcycle doctor web-1
  sudo patchcycle doctor --agent`,
    )
    .action(kit.action(doctor));
}

async function doctor(
  context: Context,
  host: string | undefined,
  { agent = existsSync(AGENT_CONFIG) }: { agent?: boolean },
): Promise<Answer> {
  const checks = [nodeCheck()];
  let reached = true;
  try {
    checks.push(...(await connectionChecks(context, host)));
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    reached = false;
    checks.push(missing('Temporal', error.message, error.remedy));
  }
  if (agent) checks.push(...(await hostChecks()));
  const isMissing = checks.some(({ result }) => result === 'missing');
  return {
    exitCode: !reached ? EXIT.unreachable : isMissing ? EXIT.wrongUse : EXIT.good,
    document: { checks },
    text: checksText(checks, context.look),
  };
}

/** Node 24 strips types and is the oldest that is supported until 2028. */
const NODE_MAJOR_MIN = 24;

function nodeCheck(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= NODE_MAJOR_MIN
    ? ok('Node', process.version)
    : missing(
        'Node',
        `${process.version} is too old`,
        `Install Node ${NODE_MAJOR_MIN} or newer, or run it by npx or npm, which bring their own.`,
      );
}

async function hostChecks(): Promise<Check[]> {
  // Loaded only here: the code of the agent is not needed by any other command of a person.
  const { checkHost } = await import('../../worker/check-host.ts');
  const findings = await checkHost();
  return findings.map(({ name, ok: fine, detail, mend }) => ({
    name,
    result: fine ? 'ok' : 'missing',
    detail,
    mend,
  }));
}
