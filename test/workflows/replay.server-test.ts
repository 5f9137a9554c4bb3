import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { Outcome } from '../../src/domain/outcome.ts';
import { workflowBundle } from './support/cycle-bench.ts';

const FOLDER = new URL('../histories/', import.meta.url);
const recorded = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

describe('a cycle that began on earlier code', () => {
  it.each(recorded)('goes on to the same ending on this code: %s', async (name) => {
    const history: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
    await expect(
      Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history),
    ).resolves.toBeUndefined();
  });

  it('is recorded for every outcome', () => {
    for (const outcome of Outcome.options) expect(recorded).toContain(`${outcome}.json`);
  });

  it('would be noticed if this code did something else', async () => {
    const text = readFileSync(new URL('patched.json', FOLDER), 'utf8').replaceAll(
      '"backup"',
      '"somethingElse"',
    );
    await expect(
      Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, JSON.parse(text)),
    ).rejects.toThrow(/determinis/i);
  });
});
