import { describe, expect, it } from '@jest/globals';
import { plan } from '../../activities/plan.ts';
import { StepFailure } from '../../src/domain/failure.ts';
import { OVERVIEW_ROWS_MAX, Plan, PlanOverview, type Change } from '../../src/domain/plan.ts';
import { archivesOf } from '../../src/host/paths.ts';
import { planDigest } from '../../src/packages/digest.ts';
import type { PackageManager, PlannedPackages } from '../../src/packages/port.ts';
import { CYCLE, stepContext, stepInput } from './support/step-bench.ts';

function change(name: string, more: Partial<Change> = {}): Change {
  return {
    name,
    architecture: 'amd64',
    oldVersion: '1.0',
    newVersion: '1.1',
    archive: `${name}_1.1_amd64.deb`,
    sha256: 'a'.repeat(64),
    sizeBytes: 1_000,
    origin: 'Debian:12/stable',
    security: false,
    ...more,
  };
}

function planned(changes: Change[], more: Partial<PlannedPackages> = {}): PlannedPackages {
  return {
    changes,
    removals: [],
    held: ['kept'],
    leftOut: ['web 1.2 needs lib'],
    rebootExpected: { answer: 'no', reason: 'nothing runs' },
    ...more,
  };
}

/** Package tools that have planned this; what they are asked for is noted. */
function tools(answer: PlannedPackages, cves: readonly string[] | 'unknown' = []) {
  const downloads: { names: string[]; directory: string }[] = [];
  const manager: Partial<PackageManager> = {
    name: 'apt',
    plan: () => Promise.resolve(answer),
    download: (changes, directory) => {
      downloads.push({ names: changes.map(({ name }) => name), directory });
      return Promise.resolve({ archives: changes.length, downloadedBytes: 0 });
    },
    advisories: (changes) =>
      Promise.resolve(
        changes.map(({ name }) => ({
          package: name,
          id: null,
          cves: cves === 'unknown' ? cves : [...cves],
          source: 'changelog',
        })),
      ),
  };
  return { manager, downloads };
}

describe('The step plan', () => {
  it('keeps the plan on the host and answers its digest', async () => {
    const changes = [change('lib'), change('web', { security: true })];
    const { manager } = tools(planned(changes), ['CVE-2026-0001']);
    const context = await stepContext(manager);
    const overview = await plan(context, stepInput({ scope: 'all' }));
    const kept = Plan.parse(await context.journal.read('plan'));
    expect(kept).toEqual({
      format: 1,
      host: 'web-1',
      manager: 'apt',
      scope: 'all',
      changes,
      removals: [],
    });
    expect(PlanOverview.parse(overview)).toMatchObject({
      digest: planDigest(kept),
      changeCount: 2,
      securityCount: 1,
      downloadBytes: 2_000,
      held: ['kept'],
      leftOut: ['web 1.2 needs lib'],
    });
    expect(await context.journal.read('advisories')).toHaveLength(2);
  });

  it('takes another version of what may not be brought, and says what it left out', async () => {
    const { manager } = tools(planned([]));
    const offered = [change('shop', { newVersion: '2.0' }), change('shop', { newVersion: '1.9' })];
    const asked: string[][] = [];
    manager.plan = async (_, excluded = []) => {
      asked.push(excluded.map(({ version }) => version));
      const [first] = offered.filter(({ newVersion }) => !asked.at(-1)?.includes(newVersion));
      return planned(first === undefined ? [] : [first]);
    };
    const knownBad = [{ package: 'shop', version: '2.0' }];
    const input = { ...stepInput({ scope: 'all' }), limits: { knownBad } };
    const { rows, leftOut } = await plan(await stepContext(manager), input);
    expect(rows.map(({ newVersion }) => newVersion)).toEqual(['1.9']);
    expect(leftOut?.[0]).toMatch(/shop 2\.0 is left out: it is known to be bad/);
    expect(asked).toEqual([[], ['2.0']]);
  });

  it('fails when what may not be brought comes back again and again', async () => {
    const { manager } = tools(planned([change('shop', { newVersion: '2.0' })]));
    const knownBad = [{ package: 'shop', version: '2.0' }];
    const input = { ...stepInput({ scope: 'all' }), limits: { knownBad } };
    await expect(plan(await stepContext(manager), input)).rejects.toMatchObject({
      type: 'DependencyProblem',
    });
  });

  it('shows security first, with what is known about it', async () => {
    const changes = [change('lib'), change('web', { security: true })];
    const { manager } = tools(planned(changes), 'unknown');
    const { rows } = await plan(await stepContext(manager), stepInput({ scope: 'all' }));
    expect(rows.map(({ name, cves }) => `${name} ${String(cves)}`)).toEqual([
      'web unknown',
      'lib unknown',
    ]);
  });

  it('downloads security changes beforehand, for their changelogs, and no others', async () => {
    const changes = [change('lib'), change('web', { security: true })];
    const { manager, downloads } = tools(planned(changes));
    const context = await stepContext(manager);
    await plan(context, stepInput({ scope: 'all' }));
    expect(downloads).toEqual([{ names: ['web'], directory: archivesOf(context.paths, CYCLE) }]);
  });

  it('downloads nothing beforehand that would fill the link', async () => {
    const { manager, downloads } = tools(
      planned([change('huge', { security: true, sizeBytes: 500_000_001 })]),
    );
    await plan(await stepContext(manager), stepInput());
    expect(downloads).toEqual([]);
  });

  it('gives the changelogs five minutes and no more', async () => {
    const { manager } = tools(planned([change('web', { security: true })]));
    const given: unknown[] = [];
    manager.download = (_changes, _directory, timeoutMs) => {
      given.push(timeoutMs);
      return Promise.resolve({ archives: 1, downloadedBytes: 0 });
    };
    await plan(await stepContext(manager), stepInput());
    expect(given).toEqual([300_000]);
  });

  it('makes the plan also when the changelogs cannot be downloaded', async () => {
    const { manager } = tools(planned([change('web', { security: true })]), 'unknown');
    const unreachable = new StepFailure('MirrorUnreachable', 'the mirror is down', { remedy: '' });
    manager.download = () => Promise.reject(unreachable);
    expect(await plan(await stepContext(manager), stepInput())).toMatchObject({ changeCount: 1 });
  });

  it.each<[string, Partial<Change>]>([
    ['a name that would be an option', { name: '-oAPT::Update::Pre-Invoke::=reboot' }],
    ['a name with a line break', { name: 'web\nInst evil' }],
    ['a name with a command in it', { name: '$(reboot)' }],
    ['a name of 10 kB', { name: 'x'.repeat(10_000) }],
    ['a version with a space', { newVersion: '1.0 rm' }],
    ['an archive in another directory', { archive: '../../etc/passwd' }],
    ['no hash', { sha256: '' }],
  ])('refuses %s', async (_, hostile) => {
    const { manager } = tools(planned([change('web', hostile)]));
    const context = await stepContext(manager);
    await expect(plan(context, stepInput())).rejects.toMatchObject({ type: 'PlanUnparsable' });
    expect(await context.journal.read('plan')).toBeUndefined();
  });

  it('bounds what travels through the workflow', async () => {
    const cves = Array.from({ length: 400 }, (_, index) => `CVE-2026-${10_000 + index}`);
    const changes = Array.from({ length: 1_000 }, (_, index) => change(`package-${index}`));
    const { manager } = tools(planned(changes), cves);
    const overview = await plan(await stepContext(manager), stepInput({ scope: 'all' }));
    expect(overview.changeCount).toBe(1_000);
    expect(overview.rows).toHaveLength(OVERVIEW_ROWS_MAX);
    // A payload of 256 KB is warned of, one of 2 MB refused.
    expect(JSON.stringify(overview).length).toBeLessThan(256 * 1024);
    expect(overview.rows[0]?.cves).toHaveLength(100);
  });
});
