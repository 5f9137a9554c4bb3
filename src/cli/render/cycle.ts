import type { CycleState, CycleView } from '../../domain/cycle.ts';
import { cut, plain, type Look } from '../paint.ts';
import { planHeadline } from './plan.ts';
import { stepLines } from './steps.ts';
import { stateWord } from './words.ts';

/** A running cycle: where it stands, its steps, and what would move it on. */
export function cycleLines(
  view: CycleView,
  link: string | null,
  look: Look,
  nowMs: number,
  spinner?: string,
): string[] {
  const { paint, width } = look;
  const outcome = 'outcome' in view.state ? view.state.outcome : view.state.name;
  return [
    `${paint('bold', view.host)}: ${stateWord(outcome, look)}`,
    paint('dim', cut(`  policy ${view.policy}, asked for by ${view.requestedBy}`, width)),
    paint('dim', cut(`  cycle ${view.cycle}, started ${view.startedAt}`, width)),
    ...(view.plan === null ? [] : [cut(`  plan: ${planHeadline(view.plan)}`, width)]),
    ...(link === null ? [] : [`  ${link}`]),
    ...stepLines(view.steps, look, nowMs, spinner),
    ...waitLines(view, look),
  ];
}

/** What a cycle that waits for somebody waits for, and the commands that move it on. */
export function waitLines(
  { host, state }: Pick<CycleView, 'host' | 'state'>,
  look: Look,
): string[] {
  const { paint, symbols, width } = look;
  const mark = paint('yellow', symbols.warning);
  const line = (text: string) => cut(text, width);
  switch (state.name) {
    case 'awaiting-approval':
      return [
        `${mark} ${line(`waits for a person until ${state.expiresAt}: ${plain(state.why)}`)}`,
        ...commands(look, [
          `patchcycle approve ${host} --digest ${shortDigest(state.digest)}${state.signing === undefined ? '' : ' --key ~/.ssh/id_ed25519'}`,
          `patchcycle reject ${host} --digest ${shortDigest(state.digest)}`,
        ]),
      ];
    case 'awaiting-window':
      return [
        `${mark} ${line(`waits for the maintenance window, which opens ${state.opensAt}`)}`,
        ...(state.blackouts ?? []).map((why) => `    not earlier because of ${line(why)}`),
        ...commands(look, [`patchcycle abort ${host}`]),
      ];
    case 'awaiting-slot':
      return [
        `${mark} ${line(`waits since ${state.since} until fewer hosts of its groups are disrupted`)}`,
        ...state.missing.map(({ group, heldBy }) =>
          line(`    ${group}: ${heldBy.length === 0 ? 'asked' : `held by ${heldBy.join(', ')}`}`),
        ),
        ...commands(look, [`patchcycle abort ${host}`]),
      ];
    case 'needs-attention':
      return attention(host, state, look);
    default:
      return [];
  }
}

function attention(
  host: string,
  { failure, since }: Extract<CycleState, { name: 'needs-attention' }>,
  look: Look,
): string[] {
  const { paint, symbols, width } = look;
  const findings = failure.details?.findings ?? [];
  return [
    `${paint('red', symbols.failed)} ${cut(`needs a person since ${since}: ${plain(failure.message)}`, width - 2)}`,
    ...findings.slice(0, 5).map((finding) => cut(`    ${plain(finding)}`, width)),
    ...(failure.details ? [cut(`  what to do: ${plain(failure.details.remedy)}`, width)] : []),
    ...commands(look, [
      `patchcycle resolve ${host} --how retry     # try the failed step again`,
      `patchcycle resolve ${host} --how restore   # put the host back from its backup`,
      `patchcycle resolve ${host} --how accept    # leave it as it is`,
    ]),
  ];
}

function commands({ paint }: Look, lines: readonly string[]): string[] {
  return lines.map((line) => paint('cyan', `    ${line}`));
}

/** As many digits as the command line asks for. */
function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}
