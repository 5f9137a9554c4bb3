import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StepContext } from '../../activities/context.ts';
import { drain, inheritDrain, undrain } from '../../activities/drain.ts';
import type { HostPaths } from '../../src/host/paths.ts';
import type { PackageManager } from '../../src/packages/port.ts';
import { temporaryPaths } from '../host/support/temporary.ts';
import { CYCLE, stepContext, stepInput } from './support/step-bench.ts';

const HOOKS = { hooks: { drain: 'lb-out', undrain: 'lb-in' } };
const NEXT_CYCLE = '20261125t184300z-5e6f7a8b';

let paths: HostPaths;
let on: Set<string>;
let said: string;
beforeEach(async () => {
  paths = await temporaryPaths();
  on = new Set(['apt-daily.timer', 'unattended-upgrades.service']);
  const folder = join(paths.configDirectory, 'hooks.d');
  await mkdir(folder, { recursive: true });
  said = join(paths.configDirectory, 'said');
  for (const name of ['lb-out', 'lb-in']) await hook(name, 'exit 0');
});

async function hook(name: string, ending: string): Promise<void> {
  const path = join(paths.configDirectory, 'hooks.d', name);
  await writeFile(
    path,
    `#!/bin/sh\necho "${name} $PATCHCYCLE_STEP $PATCHCYCLE_HOST" >> ${said}\n${ending}\n`,
  );
  await chmod(path, 0o755);
}

async function hooksRun(): Promise<string[]> {
  return (await readFile(said, 'utf8').catch(() => '')).split('\n').filter(Boolean);
}

/** Updaters as a set of names that are on; `crash` strikes after they were written down, before the last is off. */
function updaters(crash = false): Partial<PackageManager> {
  return {
    suspendUpdaters: async (remember) => {
      const names = [...on];
      await remember(names);
      on.delete('apt-daily.timer');
      if (crash) throw new Error('the agent was killed');
      on.clear();
      return names;
    },
    resumeUpdaters: async (names) => {
      for (const name of names) on.add(name);
    },
  };
}

function context(crash = false, cycle = CYCLE): Promise<StepContext> {
  return stepContext(updaters(crash), { paths, cycle });
}

const BOTH = ['apt-daily.timer', 'unattended-upgrades.service'];

describe('drain', () => {
  it('runs the hook, switches the other updaters off and says so', async () => {
    const summary = await drain(await context(), stepInput(HOOKS));
    expect(summary).toEqual({ hook: 'lb-out', updatersSuspended: BOTH });
    expect(on.size).toBe(0);
    expect(await hooksRun()).toEqual(['lb-out drain web-1']);
  });

  it('runs twice without doing it twice, and answers the same', async () => {
    const first = await drain(await context(), stepInput(HOOKS));
    expect(await drain(await context(), stepInput(HOOKS))).toEqual(first);
    expect(await hooksRun()).toEqual(['lb-out drain web-1']);
  });

  it('needs no hook', async () => {
    expect(await drain(await context(), stepInput())).toEqual({
      hook: null,
      updatersSuspended: BOTH,
    });
  });

  it('leaves the updaters on when the hook fails', async () => {
    await hook('lb-out', 'exit 1');
    await expect(drain(await context(), stepInput(HOOKS))).rejects.toMatchObject({
      type: 'HookFailed',
    });
    expect([...on]).toEqual(BOTH);
  });
});

describe('undrain', () => {
  it('does nothing where drain did nothing', async () => {
    await undrain(await stepContext({}, { paths }), stepInput(HOOKS));
    expect(await hooksRun()).toEqual([]);
  });

  it('switches on what drain had switched off, and runs the hook', async () => {
    await drain(await context(), stepInput(HOOKS));
    on.add('somebody-elses.timer');
    await undrain(await context(), stepInput(HOOKS));
    expect([...on].toSorted()).toEqual([...BOTH, 'somebody-elses.timer'].toSorted());
    expect(await hooksRun()).toEqual(['lb-out drain web-1', 'lb-in undrain web-1']);
  });

  it('runs twice without running the hook twice', async () => {
    await drain(await context(), stepInput(HOOKS));
    await undrain(await context(), stepInput(HOOKS));
    await undrain(await context(), stepInput(HOOKS));
    expect(await hooksRun()).toHaveLength(2);
  });

  it('switches on what a drain that was killed in its middle had written down', async () => {
    await expect(drain(await context(true), stepInput(HOOKS))).rejects.toThrow('killed');
    expect([...on]).toEqual(['unattended-upgrades.service']);
    await undrain(await context(), stepInput(HOOKS));
    expect([...on].toSorted()).toEqual(BOTH);
  });

  it('switches everything on when the killed drain was run again in between', async () => {
    await expect(drain(await context(true), stepInput(HOOKS))).rejects.toThrow('killed');
    const summary = await drain(await context(), stepInput(HOOKS));
    expect(summary.updatersSuspended.toSorted()).toEqual(BOTH);
    await undrain(await context(), stepInput(HOOKS));
    expect([...on].toSorted()).toEqual(BOTH);
  });

  it('undoes a drain whose hook failed', async () => {
    await hook('lb-out', 'exit 1');
    await expect(drain(await context(), stepInput(HOOKS))).rejects.toMatchObject({
      type: 'HookFailed',
    });
    await undrain(await context(), stepInput(HOOKS));
    expect(await hooksRun()).toEqual(['lb-out drain web-1', 'lb-in undrain web-1']);
  });

  it('is tried again when its hook failed, and the updaters are on by then', async () => {
    await drain(await context(), stepInput(HOOKS));
    await hook('lb-in', 'exit 1');
    await expect(undrain(await context(), stepInput(HOOKS))).rejects.toMatchObject({
      type: 'HookFailed',
    });
    expect([...on].toSorted()).toEqual(BOTH);
    await hook('lb-in', 'exit 0');
    await undrain(await context(), stepInput(HOOKS));
    expect((await hooksRun()).filter((line) => line.startsWith('lb-in'))).toHaveLength(2);
  });

  it('can be followed by another drain of the same cycle, which missed its window', async () => {
    await drain(await context(), stepInput(HOOKS));
    await undrain(await context(), stepInput(HOOKS));
    await drain(await context(), stepInput(HOOKS));
    expect(on.size).toBe(0);
    await undrain(await context(), stepInput(HOOKS));
    expect(await hooksRun()).toHaveLength(4);
  });
});

describe('a cycle that takes over a dead one', () => {
  it('gives back in its end what that one had switched off', async () => {
    await drain(await context(), stepInput(HOOKS));
    const next = await context(false, NEXT_CYCLE);
    await inheritDrain(next, CYCLE);
    await drain(next, stepInput({}, NEXT_CYCLE));
    await undrain(next, stepInput({}, NEXT_CYCLE));
    expect([...on].toSorted()).toEqual(BOTH);
  });

  it('inherits nothing from one that had given everything back', async () => {
    await drain(await context(), stepInput());
    await undrain(await context(), stepInput());
    const next = await context(false, NEXT_CYCLE);
    await inheritDrain(next, CYCLE);
    expect(await next.journal.read('drain')).toBeUndefined();
  });
});
