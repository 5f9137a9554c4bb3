import type { Command } from 'commander';
import type { Kit } from '../kit.ts';
import { applyCommand } from './schedule/apply.ts';
import { listCommand } from './schedule/list.ts';
import { pauseCommand, removeCommand, resumeCommand, triggerCommand } from './schedule/steer.ts';

export function scheduleCommand(kit: Kit): Command {
  return kit
    .group('schedule', 'what begins by itself: rollouts of policies and the review of the fleet')
    .addCommand(applyCommand(kit))
    .addCommand(listCommand(kit))
    .addCommand(pauseCommand(kit))
    .addCommand(resumeCommand(kit))
    .addCommand(triggerCommand(kit))
    .addCommand(removeCommand(kit));
}
