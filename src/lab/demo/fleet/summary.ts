import type { Look } from '../../../cli/paint.ts';
import { table } from '../../../cli/render/table.ts';
import type { KnownVersion } from '../../../client/known-bad.ts';
import type { RolloutView } from '../../../domain/rollout.ts';
import { BAD } from './cast.ts';

/** How the two rollouts went; the document of `--json`. */
export type FleetSummary = {
  /** Whether everything ended as it had to. */
  ok: boolean;
  rollouts: RolloutRow[];
  knownBad: { package: string; version: string }[];
  /** What ended otherwise, a sentence each. */
  unexpected: string[];
};

type RolloutRow = {
  name: string;
  state: string;
  /** By host: how its cycle ended, or `waiting`. */
  hosts: Record<string, string>;
};

export function judgeFleet(played: {
  first: RolloutView;
  second: RolloutView;
  knownBad: readonly KnownVersion[];
}): FleetSummary {
  const first = rowOf(played.first);
  const second = rowOf(played.second);
  const knownBad = played.knownBad
    .filter(({ bad }) => bad)
    .map(({ package: name, version }) => ({ package: name, version }));
  const [canary, ...others] = Object.values(first.hosts);
  const expectations: [boolean, string][] = [
    [canary === 'restored', `The canary ended as ${canary}; it had to be restored.`],
    [others.every((is) => is === 'waiting'), 'A host behind the canary was touched.'],
    [
      knownBad.some((one) => one.package === BAD.package && one.version === BAD.version),
      `${BAD.package} ${BAD.version} is not known to be bad.`,
    ],
    [second.state === 'ended', `The second rollout is ${second.state}; it had to end.`],
    [
      Object.values(second.hosts).every((is) => is === 'patched'),
      'The second rollout did not patch every host.',
    ],
  ];
  const unexpected = expectations.flatMap(([holds, otherwise]) => (holds ? [] : [otherwise]));
  return { ok: unexpected.length === 0, rollouts: [first, second], knownBad, unexpected };
}

function rowOf({ name, state, members }: RolloutView): RolloutRow {
  const hosts = members.map(({ host, standing }) => [
    host,
    standing.is === 'ended' ? standing.ending : standing.is,
  ]);
  return { name, state: state.name, hosts: Object.fromEntries(hosts) as Record<string, string> };
}

export function fleetText({ ok, rollouts, unexpected }: FleetSummary, look: Look): string {
  const { paint, symbols } = look;
  const hosts = Object.keys(rollouts[0]?.hosts ?? {});
  const cells = hosts.map((host) => [
    host,
    ...rollouts.map((rollout) => rollout.hosts[host] ?? ''),
  ]);
  const headings = ['HOST', ...rollouts.map(({ name, state }) => `${name} (${state})`)];
  return [
    table(headings, cells, look),
    '',
    ...(ok ? [paint('green', `${symbols.done} Everything ended as it had to.`)] : []),
    ...unexpected.map((sentence) => paint('red', `${symbols.failed} ${sentence}`)),
  ].join('\n');
}
