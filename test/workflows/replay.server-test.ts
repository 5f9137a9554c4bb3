import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { Outcome } from '../../src/domain/outcome.ts';
import { workflowBundle } from './support/cycle-bench.ts';

const FOLDER = new URL('../histories/', import.meta.url);
const recorded = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

type History = {
  events: [{ workflowExecutionStartedEventAttributes: { workflowId?: string } }];
};

describe('a cycle that began on earlier code', () => {
  it.each(recorded)('goes on to the same ending on this code: %s', async (name) => {
    const history = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as History;
    // Some workflows are told by their ID what they are for; the time-skipping server does not record it.
    const { workflowId } = history.events[0].workflowExecutionStartedEventAttributes;
    await expect(
      Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, workflowId),
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
