import { describe, expect, it } from '@jest/globals';
import type { FailureRecord } from '../../src/domain/failure.ts';
import { FailureRecord as Schema } from '../../src/domain/failure.ts';
import { StepRecord } from '../../src/domain/report.ts';
import { boundFailure, briefFailure, FAILURE_BYTES_MAX } from '../../src/planning/bound-failure.ts';

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

function full(letter: string): FailureRecord {
  const text = letter.repeat(20_000);
  return {
    type: text,
    message: text,
    details: {
      remedy: text,
      command: { argv: Array(50).fill(text), exitCode: 1, stderrTail: text },
      findings: Array(50).fill(text),
    },
  };
}

describe('bounding a failure', () => {
  it('lets a report with all the failures and steps that it may have stay under a megabyte', () => {
    const failure = boundFailure(full('語'));
    const step: StepRecord = {
      step: 'reboot-and-wait',
      startedAt: '2026-11-25T00:00:00.000Z',
      endedAt: '2026-11-25T00:00:00.000Z',
      status: 'failed',
      summary: failure.message.slice(0, 500),
      failure: briefFailure(failure),
    };
    const failures = Array(50).fill(failure);
    const steps = Array(200).fill(StepRecord.parse(step));
    expect(bytes({ failures, steps })).toBeLessThan(1_000_000);
  });

  it.each(['x', '"', '\u0001', '語', '😀', '\ud800', '\n'])(
    'keeps one that is full of %j far below what a report has room for',
    (letter) => {
      const bounded = boundFailure(full(letter));
      expect(bytes(bounded)).toBeLessThanOrEqual(FAILURE_BYTES_MAX);
      expect(Schema.parse(bounded)).toEqual(bounded);
      expect(bytes(briefFailure(full(letter)))).toBeLessThan(500);
    },
  );

  it('leaves an ordinary one as it is', () => {
    const ordinary: FailureRecord = {
      type: 'HealthWorse',
      message: 'web-1 is not as healthy as before: nginx is down.',
      details: {
        remedy: 'Look at nginx: "systemctl status nginx".',
        command: { argv: ['systemctl', 'is-active', 'nginx'], exitCode: 3, stderrTail: 'a\nb\n' },
        findings: ['nginx is down', 'http://127.0.0.1/health answers 502'],
      },
    };
    expect(boundFailure(ordinary)).toEqual(ordinary);
  });

  it('says how many findings it left out, and keeps the end of what a command wrote', () => {
    const details = {
      remedy: '',
      command: { argv: ['dpkg'], exitCode: 1, stderrTail: `${'x'.repeat(5_000)}the reason` },
      findings: Array.from({ length: 50 }, (_, index) => `${index} ${'y'.repeat(400)}`),
    };
    const { findings = [], command } =
      boundFailure({ type: 'T', message: '', details }).details ?? {};
    expect(findings[0]).toMatch(/^0 y/);
    expect(findings.at(-1)).toBe(`… and ${50 - (findings.length - 1)} more`);
    expect(command?.stderrTail).toMatch(/^…x+the reason$/);
  });
});
