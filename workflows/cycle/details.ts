import { setCurrentDetails } from '@temporalio/workflow';
import type { PlanOverview } from '../../src/domain/plan.ts';
import { packages } from '../../src/planning/plan-in-lines.ts';
import type { Cycle } from './cycle.ts';

/** Rows of the plan in the details; the Web UI's field holds 20 kB and people read the first page. */
const ROWS_SHOWN = 40;
const CVES_SHOWN = 5;
const LEFT_OUT_SHOWN = 10;

/** The command line takes so much of a digest for the whole, and it fits on the page. */
const DIGEST_SHOWN = 16;

/** Temporal's own limit is 20 kB; a little is kept for multi-byte characters. */
const DETAILS_MAX = 18_000;

/**
 * Shows in the Web UI where the cycle stands, what it waits for, and the exact command and signal
 * that would move it on.
 */
export function showDetails(cycle: Cycle): void {
  setCurrentDetails(detailsOf(cycle));
}

/** What of a cycle people are shown here. */
type Shown = Pick<
  Cycle,
  'input' | 'step' | 'state' | 'aborted' | 'steps' | 'plan' | 'refused' | 'refusedCount'
>;

/** Where the cycle stands, as Markdown for the Web UI. */
export function detailsOf(cycle: Shown): string {
  const parts = [
    headline(cycle),
    nextMove(cycle),
    timeline(cycle),
    cycle.plan && planTable(cycle.plan),
    refusals(cycle),
  ];
  return parts.filter(Boolean).join('\n\n').slice(0, DETAILS_MAX);
}

function headline({ input, state, step }: Shown): string {
  const what =
    state.name === 'ended' || state.name === 'reporting'
      ? `${state.name}: ${state.outcome}`
      : state.name;
  return `## ${input.host}: ${what}\nPolicy **${input.policy.name}** (scope ${input.policy.scope}), asked for by ${input.requestedBy}. Cycle \`${step.cycle}\`.`;
}

function nextMove({ input, state, aborted }: Shown): string | null {
  const { host } = input;
  switch (state.name) {
    case 'inspecting':
    case 'planning':
    case 'preparing':
      return aborted === null
        ? ['**Nothing is changed yet**, and nobody is waited for.', abortion(host)].join('\n\n')
        : `**Ends before any change**: aborted by ${escaped(aborted.by)}.`;
    case 'awaiting-approval':
      return [
        `**Waits for a person** until ${state.expiresAt}, because ${state.why}.`,
        commands([
          `patchcycle approve ${host} --digest ${state.digest.slice(0, DIGEST_SHOWN)}${state.signing === undefined ? '' : ' --key ~/.ssh/id_ed25519'}`,
          `patchcycle reject ${host} --digest ${state.digest.slice(0, DIGEST_SHOWN)} --why "..."`,
        ]),
        ...(state.signing === undefined
          ? [`Or send the signal \`approve\` (or \`reject\`) with:`]
          : [
              `**The host takes only signed approvals**: a plain signal \`approve\` is not enough, and the command signs with the key of one of the host's allowed signers. Who asked for the cycle cannot approve it.`,
              `To reject, the signal \`reject\` will do:`,
            ]),
        json({ by: 'your name', digest: state.digest }),
        abortion(host),
      ].join('\n\n');
    case 'awaiting-window':
      return [
        `**Waits for the maintenance window**, which opens ${state.opensAt}${delayedBy(state.blackouts)}. The plan is made again then.`,
        abortion(host),
      ].join('\n\n');
    case 'awaiting-slot':
      return [
        `**Waits for its turn** since ${state.since}: no more hosts of its groups may be disrupted now.`,
        state.missing
          .map(
            ({ group, heldBy }) => `- ${group}: held by ${heldBy.join(', ') || 'nobody known yet'}`,
          )
          .join('\n'),
        abortion(host),
      ].join('\n\n');
    case 'needs-attention':
      return [
        `**A person is needed** since ${state.since}: ${oneLine(state.failure.message)}`,
        state.failure.details ? `What to do: ${oneLine(state.failure.details.remedy)}` : '',
        (state.failure.details?.findings ?? [])
          .map((finding) => `- ${oneLine(finding)}`)
          .join('\n'),
        commands([
          '# try the failed step again:',
          `patchcycle resolve ${host} --how retry`,
          '# put the host back from its backup:',
          `patchcycle resolve ${host} --how restore`,
          '# leave it as it is:',
          `patchcycle resolve ${host} --how accept`,
        ]),
        `Or send the signal \`resolve\` with:\n\n${json({ by: 'your name', how: 'retry' })}`,
      ]
        .filter(Boolean)
        .join('\n\n');
    default:
      return null;
  }
}

function delayedBy(blackouts: readonly string[] = []): string {
  return blackouts.length === 0
    ? ''
    : `, and not earlier because of ${blackouts.map(escaped).join(', ')}`;
}

/** The way out that there is until the first change. */
function abortion(host: string): string {
  return [
    'To end the cycle before anything is changed:',
    commands([`patchcycle abort ${host} --why "..."`]),
    `Or send the signal \`abort\` with:\n\n${json({ by: 'your name' })}`,
  ].join('\n\n');
}

function timeline({ steps }: Shown): string | null {
  if (steps.length === 0) return null;
  const rows = steps.map(({ step, status, summary, startedAt }) => [
    startedAt.slice(11, 19),
    step,
    status,
    escaped(summary),
  ]);
  return table(['UTC', 'step', 'state', 'what came of it'], rows);
}

function planTable(plan: PlanOverview): string {
  const rows = plan.rows
    .slice(0, ROWS_SHOWN)
    .map((row) => [
      escaped(row.name),
      escaped(row.oldVersion ?? 'new'),
      escaped(row.newVersion),
      row.security ? 'yes' : '',
      row.cves === 'unknown' ? 'unknown' : someOf(row.cves),
    ]);
  const more = plan.changeCount - rows.length;
  return [
    `### Plan: ${packages(plan.changeCount)}, ${plan.securityCount} of them security`,
    `Digest \`${plan.digest}\`, made ${plan.madeAt}. Reboot expected: ${plan.rebootExpected.answer} (${escaped(plan.rebootExpected.reason)}).`,
    plan.removals.length > 0
      ? `**Removes:** ${plan.removals.map(({ name }) => escaped(name)).join(', ')}`
      : '',
    plan.held.length > 0 ? `Held back: ${plan.held.map(escaped).join(', ')}` : '',
    leftOut(plan.leftOut ?? []),
    table(['package', 'from', 'to', 'security', 'CVEs'], rows),
    more > 0 ? `… and ${more} more` : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What is newer and yet not in the plan; without it the plan would look as if it brought everything. */
function leftOut(sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  const more = sentences.length - LEFT_OUT_SHOWN;
  return [
    `**Left out** (${sentences.length}):`,
    '',
    ...sentences.slice(0, LEFT_OUT_SHOWN).map((sentence) => `- ${escaped(sentence)}`),
    ...(more > 0 ? [`- … and ${more} more`] : []),
  ].join('\n');
}

function someOf(cves: readonly string[]): string {
  return cves.slice(0, CVES_SHOWN).join(' ') + (cves.length > CVES_SHOWN ? ' …' : '');
}

/** The Web UI sets the cells of a table side by side without any room, so each brings its own. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => `${cell}\u00a0\u00a0`).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

function refusals({ refused, refusedCount }: Shown): string | null {
  if (refusedCount === 0) return null;
  const last = refused
    .slice(-5)
    .map(
      ({ at, kind, by, why }) =>
        `- ${at} ${kind} by ${escaped(by ?? 'nobody named')}: ${escaped(why)}`,
    );
  return [`### Refused messages: ${refusedCount}`, ...last].join('\n');
}

export function commands(lines: string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

function json(value: unknown): string {
  return ['```json', JSON.stringify(value, null, 1), '```'].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** Text inside a Markdown table: one line, and nothing that a sender could use as markup. */
export function escaped(text: string): string {
  return oneLine(text).replace(/[|\\`<>[\]*_]/g, (character) => `\\${character}`);
}
