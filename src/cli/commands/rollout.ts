import type { Command } from 'commander';
import type { Kit } from '../kit.ts';
import {
  abortCommand,
  approveCommand,
  pauseCommand,
  rejectCommand,
  resumeCommand,
  retryCommand,
  skipCommand,
} from './rollout/decide.ts';
import { plansCommand } from './rollout/plans.ts';
import { startCommand } from './rollout/start.ts';
import { statusCommand } from './rollout/status.ts';

export function rolloutCommand(kit: Kit): Command {
  return kit
    .group('rollout', 'patch many hosts wave by wave, stopping by itself when a wave goes wrong')
    .addCommand(startCommand(kit))
    .addCommand(statusCommand(kit))
    .addCommand(plansCommand(kit))
    .addCommand(approveCommand(kit))
    .addCommand(rejectCommand(kit))
    .addCommand(pauseCommand(kit))
    .addCommand(resumeCommand(kit))
    .addCommand(abortCommand(kit))
    .addCommand(retryCommand(kit))
    .addCommand(skipCommand(kit));
}
