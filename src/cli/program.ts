import type { Command } from 'commander';
import { abortCommand } from './commands/abort.ts';
import { agentCommand } from './commands/agent.ts';
import { approveCommand } from './commands/approve.ts';
import { auditCommand } from './commands/audit.ts';
import { budgetCommand } from './commands/budget.ts';
import { completionCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { hostsCommand } from './commands/hosts.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { knownBadCommand } from './commands/known-bad.ts';
import { notificationsCommand } from './commands/notifications.ts';
import { patchCommand } from './commands/patch.ts';
import { planCommand } from './commands/plan.ts';
import { policyCommand } from './commands/policy.ts';
import { rejectCommand } from './commands/reject.ts';
import { reportCommand } from './commands/report.ts';
import { resolveCommand } from './commands/resolve.ts';
import { rolloutCommand } from './commands/rollout.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { serverCommand } from './commands/server.ts';
import { statusCommand } from './commands/status.ts';
import { windowsCommand } from './commands/windows.ts';
import { workerCommand } from './commands/worker.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import type { Kit } from './kit.ts';
import { CLI_VERSION } from './version.ts';

/** The whole command tree; with `json` its version is a document too. */
export function buildProgram(kit: Kit, json: boolean): Command {
  const program = kit
    .group('patchcycle', "patches Linux hosts; each host's patching is one durable workflow")
    .version(json ? JSON.stringify({ version: CLI_VERSION }, null, 2) : CLI_VERSION)
    .showSuggestionAfterError();
  program
    .commandsGroup('Patching:')
    .addCommand(patchCommand(kit))
    .addCommand(planCommand(kit))
    .addCommand(rolloutCommand(kit))
    .addCommand(statusCommand(kit))
    .addCommand(hostsCommand(kit))
    .addCommand(windowsCommand(kit))
    .addCommand(scheduleCommand(kit))
    .addCommand(reportCommand(kit))
    .addCommand(auditCommand(kit));
  program
    .commandsGroup('Deciding:')
    .addCommand(approveCommand(kit))
    .addCommand(rejectCommand(kit))
    .addCommand(abortCommand(kit))
    .addCommand(resolveCommand(kit))
    .addCommand(budgetCommand(kit))
    .addCommand(knownBadCommand(kit));
  program
    .commandsGroup('Running it:')
    .addCommand(demoCommand(kit))
    .addCommand(serverCommand(kit))
    .addCommand(workerCommand(kit))
    .addCommand(agentCommand(kit))
    .addCommand(notificationsCommand(kit));
  program
    .commandsGroup('Setting it up:')
    .addCommand(inventoryCommand(kit))
    .addCommand(policyCommand(kit))
    .addCommand(doctorCommand(kit))
    .addCommand(completionCommand(kit, program));
  return program.addHelpText(
    'after',
    `
A first look:
  patchcycle demo                  four real hosts, patched before your eyes
  patchcycle doctor                what is missing on this machine
  patchcycle patch web-1           patch a host and follow it

Temporal is found by its own environment configuration: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_API_KEY, TEMPORAL_TLS_..., or a profile of its configuration file. Links lead to the Web UI
at PATCHCYCLE_UI_URL.
${EXIT_CODES_HELP}`,
  );
}
