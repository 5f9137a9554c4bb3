import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { Answer, Context, Kit } from '../kit.ts';

export function agentCommand(kit: Kit): Command {
  return kit
    .command('agent', "run this host's agent, until SIGTERM; its unit does so")
    .addHelpText(
      'after',
      `
It reads /etc/patchcycle/agent.yaml and keeps its state in /var/lib/patchcycle. Run it as root.

Example:
  systemctl enable --now patchcycle-agent`,
    )
    .action(kit.action(agent));
}

async function agent({ say }: Context): Promise<Answer> {
  // Loaded only here: a worker brings code and memory that no other command needs.
  const { runAgent } = await import('../../worker/agent.ts');
  await runAgent({ say });
  return { exitCode: EXIT.good, document: { stopped: true }, text: '' };
}
