import type { HostStatus } from '../../client/index.ts';
import type { Look } from '../paint.ts';
import { cycleLines } from './cycle.ts';
import { endingText } from './ending.ts';
import { planText } from './plan.ts';
import { stepLines } from './steps.ts';

/** One host's latest cycle. The plan is shown in full while somebody is asked about it. */
export function statusText(status: HostStatus, look: Look, nowMs: number): string {
  const { cycle, report, link, note } = status;
  const warning = note === null ? [] : [`${look.paint('yellow', look.symbols.warning)} ${note}`];
  if (cycle !== null) {
    const asked = cycle.state.name === 'awaiting-approval' && cycle.plan !== null;
    return [
      ...cycleLines(cycle, link, look, nowMs),
      ...(asked && cycle.plan ? ['', planText(cycle.plan, look)] : []),
      ...warning,
    ].join('\n');
  }
  if (report !== null) {
    return [
      endingText(report, link, look),
      ...stepLines(report.steps, look, nowMs),
      ...warning,
    ].join('\n');
  }
  return [
    `${look.paint('bold', status.host)}: ${status.running ? 'running' : 'over'}, started ${status.startedAt}`,
    ...(link === null ? [] : [`  ${link}`]),
    ...warning,
  ].join('\n');
}
