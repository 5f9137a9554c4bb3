import type { Report } from '../../src/domain/report.ts';
import { ACCEPTED } from './samples.ts';

/** What a hostile host or person could make appear in a report. */
export const HOSTILE: Readonly<Record<string, string>> = {
  script: '<script>alert(1)</script>',
  attribute: '" onload="alert(1)" x="',
  quote: "' onclick='alert(1)",
  entity: '&lt;b&gt; &amp;',
  style: '</style><style>*{display:none}</style>',
  comment: '<!-- --> ]]> -->',
  'Markdown markup': '](javascript:alert(1)) **bold** `code` | cell | # head',
  'line breaks': 'one\n\n# two\r\n| three |\n```\nfour',
  'right to left': 'safe\u202etxt.exe\u2066x\u2069',
  'control characters': '\u001b[31mred\u0007\u0000\u009b2J',
  'ten kilobytes': 'x'.repeat(10_000),
  'a template': '${process.exit(1)} $& $1 $$',
};

/** A report in which every text of others is this one. Only enumerations, times and numbers stay. */
export function reportFullOf(text: string): Report {
  const short = text.slice(0, 300);
  const failure = {
    type: text,
    message: text,
    details: {
      remedy: text,
      findings: [text, `${text}2`],
      command: { argv: [text, text], exitCode: 1, stderrTail: text },
    },
  };
  const check = { name: text, ok: false, detail: short };
  const kind = { signature: short, source: short, count: 2, firstLine: text.slice(0, 500) };
  const sample = structuredClone(ACCEPTED);
  // Not parsed by the schema, which would refuse most of it: a renderer must not rely on that.
  return {
    ...sample,
    host: text,
    policy: text,
    requestedBy: text,
    reason: text,
    explanation: text,
    approvedBy: text,
    workflow: { namespace: text, workflowId: text, runId: text },
    facts: sample.facts && {
      ...sample.facts,
      kernel: text,
      virtualization: text,
      agentVersion: text,
      os: { id: text, version: text, name: text },
      findings: [text],
    },
    plan: sample.plan && {
      ...sample.plan,
      rows: [
        {
          name: text,
          architecture: text,
          oldVersion: text,
          newVersion: text,
          origin: text,
          security: true,
          sizeBytes: 1,
          cves: [text],
          advisory: text,
        },
      ],
      removals: [{ name: text, architecture: text, oldVersion: text }],
      removalCount: 3,
      changeCount: 5,
      held: [text],
    },
    decisions: [
      { at: sample.startedAt, decision: { kind: 'resolve', by: text, how: 'accept', why: text } },
    ],
    refused: [{ at: sample.startedAt, kind: text, by: text, why: text }],
    refusedCount: 1,
    steps: sample.steps.map((step) => ({ ...step, step: text, summary: text })),
    leftAside: [text],
    reboots: [{ purpose: text, reason: { answer: 'yes', reason: text }, downMs: null }],
    logs: { soakMs: 1, linesRead: 1, newKinds: [kind], knownKinds: [kind], passingKinds: [kind] },
    checks: [check],
    backup: { directory: text, archiveSha256: text, archiveBytes: 1, files: 1 },
    restore: { exact: false, entriesCompared: 1, differences: [text], checks: [check] },
    failures: [failure],
    commands: [{ at: sample.startedAt, step: text, argv: [text], exitCode: null, durationMs: 1 }],
  };
}
