import fc from 'fast-check';
import type { HostActivities } from '../../../src/domain/steps.ts';
import { policyOf } from './cycle-bench.ts';
import { rolloutOf, type Fleet } from './fleet.ts';
import { modelHost, type Fault, type Model } from './model-host.ts';

/** What is wrong with a host, if anything, and when it shows. */
const FATES = [
  'good',
  'wobbles',
  'fails-before-any-change',
  'fails-while-it-is-drained',
  'is-restored',
  'cannot-be-restored',
  'vanishes-in-the-upgrade',
  'has-no-agent',
] as const;
export type Fate = (typeof FATES)[number];

const FAULTS: Record<Fate, readonly Fault[]> = {
  good: [],
  wobbles: [
    { step: 'download', kind: 'throws-retryable', times: 1 },
    { step: 'upgrade', kind: 'runs-twice', times: 1 },
  ],
  'fails-before-any-change': [{ step: 'refresh', kind: 'throws-for-good' }],
  'fails-while-it-is-drained': [{ step: 'baseline', kind: 'throws-for-good' }],
  'is-restored': [{ step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' }],
  'cannot-be-restored': [
    { step: 'securityUpdate', kind: 'throws-for-good' },
    { step: 'restore', kind: 'throws-for-good' },
  ],
  'vanishes-in-the-upgrade': [{ step: 'upgrade', kind: 'times-out' }],
  'has-no-agent': [],
};

/** Real time passes while the server waits for a host of this kind, and for no other. */
const IMPATIENT: readonly Fate[] = ['vanishes-in-the-upgrade', 'has-no-agent'];

export type RandomHost = { host: string; wave: number; fate: Fate; groups: Group[] };
export type Group = 'rack' | 'pair';

export type RandomFleet = {
  hosts: RandomHost[];
  /** The version that the hosts of each wave are offered when their turn comes. */
  offers: string[];
  slots: Record<Group, number>;
  halt: number | string;
  atOnce: number;
  soak: '0s' | '10m';
  /** What people say whenever it halts. */
  person: 'resumes' | 'aborts';
};

const WAVES_MAX = 3;

const host = fc.record({
  wave: fc.nat(WAVES_MAX - 1),
  fate: fc.oneof(
    { weight: 1, arbitrary: fc.constant<Fate>('good') },
    { weight: 1, arbitrary: fc.constantFrom(...FATES) },
  ),
  groups: fc.constantFrom<Group[]>([], ['rack'], ['rack'], ['pair'], ['rack', 'pair']),
});

export const randomFleets: fc.Arbitrary<RandomFleet> = fc.record({
  hosts: fc
    .array(host, { minLength: 4, maxLength: 9, size: 'max' })
    .map((hosts) => hosts.map((one, index) => ({ ...one, host: `random-${index + 1}` }))),
  offers: fc.constantFrom(['2.0', '2.0', '2.0'], ['2.0', '2.1', '2.1'], ['2.0', '2.0', '2.1']),
  slots: fc.record({ rack: fc.integer({ min: 1, max: 2 }), pair: fc.constant(1) }),
  halt: fc.constantFrom(1, 2, 3, '50%', '100%'),
  atOnce: fc.constantFrom(1, 3, 5),
  soak: fc.constantFrom('0s', '10m'),
  person: fc.constantFrom('resumes', 'resumes', 'aborts'),
});

/** The waves in their order; one without hosts is none. */
export function wavesOf({ hosts }: RandomFleet): RandomHost[][] {
  return Array.from({ length: WAVES_MAX }, (_, wave) =>
    hosts.filter((one) => one.wave === wave),
  ).filter((wave) => wave.length > 0);
}

/** `groupName`: under which name a group has its book, of which there is one in the whole world. */
export function randomRollout(fleet: RandomFleet, groupName: (group: Group) => string) {
  const limits = { agentAnswers: '5s', agentSilent: '1s', reboot: '1s' };
  const impatient = { agentAnswers: '500ms', agentSilent: '300ms', reboot: '1s' };
  return {
    ...rolloutOf([]),
    policies: [policyOf({ limits }), policyOf({ name: 'impatient', limits: impatient })],
    budgets: (['rack', 'pair'] as const).map((group) => ({
      group: groupName(group),
      slots: fleet.slots[group],
    })),
    waves: wavesOf(fleet).map((wave) =>
      wave.map(({ host, fate, groups }) => ({
        host,
        policy: IMPATIENT.includes(fate) ? 1 : 0,
        groups: groups.map(groupName),
      })),
    ),
    ...{ halt: fleet.halt, atOnce: fleet.atOnce, soak: fleet.soak },
  };
}

/** Which hosts are drained, and whether ever more of a group were than may be. */
export type Ledger = { drained: Set<string>; most: Record<Group, number> };

/** The hosts that have an agent, which write down when they are drained. */
export function modelsOf(fleet: RandomFleet, ledger: Ledger): Fleet {
  const models = wavesOf(fleet).flatMap((wave, index) =>
    wave.map(({ host, fate }): [string, Model] => {
      const model = modelHost(FAULTS[fate]);
      model.offer.version = fleet.offers[index] ?? '2.0';
      return [host, model];
    }),
  );
  for (const [host, { activities }] of models) keepLedger(activities, host, fleet, ledger);
  const gone = fleet.hosts.filter(({ fate }) => fate === 'has-no-agent').map(({ host }) => host);
  return Object.fromEntries(models.filter(([host]) => !gone.includes(host)));
}

function keepLedger(
  activities: HostActivities,
  host: string,
  { hosts }: RandomFleet,
  { drained, most }: Ledger,
): void {
  const drain: HostActivities['drain'] = activities.drain.bind(activities);
  const undrain: HostActivities['undrain'] = activities.undrain.bind(activities);
  activities.drain = (input) => {
    drained.add(host);
    for (const group of ['rack', 'pair'] as const) {
      const down = hosts.filter((one) => one.groups.includes(group) && drained.has(one.host));
      most[group] = Math.max(most[group], down.length);
    }
    return drain(input);
  };
  activities.undrain = async (input) => {
    await undrain(input);
    drained.delete(host);
  };
}
