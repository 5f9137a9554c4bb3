import type { Facts } from '../../src/domain/facts.ts';
import type { ChangeRow, PlanOverview } from '../../src/domain/plan.ts';
import { Report, type CommandRecord, type StepRecord } from '../../src/domain/report.ts';

/*
 * Reports as cycles on Debian 12 leave them, one of each kind of ending. They are parsed by the
 * schema, so a sample that is no report fails where it is imported.
 */

const CYCLE = '20261124t184300z-1a2b3c4d';
const DIGEST = '3f1c5a7be2d94c0f8a6b1d2e3c4f5a697887a6b5c4d3e2f1a0b9c8d7e6f5a4b3';

/** The 24 updates that a Debian 12 of its first days had pending in November 2026. */
const UPDATES: readonly [
  name: string,
  from: string | null,
  to: string,
  kB: number,
  cves: readonly string[] | 'unknown',
  dsa: string | null,
][] = [
  ['apt', '2.6.1', '2.6.2', 1_373, [], null],
  ['ca-certificates', '20230311+deb12u1', '20250419~deb12u2', 161, [], null],
  ['libapt-pkg6.0', '2.6.1', '2.6.2', 907, [], null],
  ['libbrotli1', '1.0.9-2+b6', '1.0.9-2+deb12u1', 275, ['CVE-2025-6176'], 'DSA-6103-1'],
  [
    'libexpat1',
    '2.5.0-1+deb12u2',
    '2.5.0-1+deb12u5',
    108,
    ['CVE-2024-8176', 'CVE-2025-59375', 'CVE-2026-24515'],
    'DSA-6110-1',
  ],
  ['liblzma5', '5.4.1-1+deb12u1', '5.4.1-1+deb12u2', 206, ['CVE-2026-34743'], null],
  ['libpcre2-8-0', '10.42-1', '10.42-1+deb12u2', 262, 'unknown', null],
  [
    'libperl5.36',
    '5.36.0-7+deb12u3',
    '5.36.0-7+deb12u4',
    4_208,
    ['CVE-2024-56406', 'CVE-2025-40909'],
    'DSA-5902-1',
  ],
  [
    'libpython3.11-minimal',
    '3.11.2-6+deb12u8',
    '3.11.2-6+deb12u9',
    821,
    ['CVE-2025-8194', 'CVE-2025-6069', 'CVE-2025-13836'],
    'DSA-6088-1',
  ],
  [
    'libpython3.11-stdlib',
    '3.11.2-6+deb12u8',
    '3.11.2-6+deb12u9',
    1_798,
    ['CVE-2025-8194', 'CVE-2025-6069', 'CVE-2025-13836'],
    'DSA-6088-1',
  ],
  ['libsasl2-2', '2.1.28+dfsg-10', '2.1.28+dfsg-10+deb12u1', 60, 'unknown', null],
  ['libsasl2-modules-db', '2.1.28+dfsg-10', '2.1.28+dfsg-10+deb12u1', 21, 'unknown', null],
  ['libssh2-1', '1.10.0-3+b1', '1.10.0-3+deb12u1', 176, ['CVE-2023-48795'], null],
  [
    'libssl3',
    '3.0.20-1~deb12u2',
    '3.0.22-1~deb12u2',
    2_040,
    [
      'CVE-2025-15467',
      'CVE-2025-68160',
      'CVE-2025-69418',
      'CVE-2025-69419',
      'CVE-2025-69420',
      'CVE-2025-69421',
      'CVE-2026-22795',
      'CVE-2026-22796',
    ],
    'DSA-6113-1',
  ],
  [
    'nginx',
    '1.22.1-9+deb12u9',
    '1.22.1-9+deb12u11',
    532,
    ['CVE-2025-23419', 'CVE-2026-1642'],
    'DSA-6131-1',
  ],
  [
    'nginx-common',
    '1.22.1-9+deb12u9',
    '1.22.1-9+deb12u11',
    116,
    ['CVE-2025-23419', 'CVE-2026-1642'],
    'DSA-6131-1',
  ],
  [
    'openssl',
    '3.0.20-1~deb12u2',
    '3.0.22-1~deb12u2',
    1_442,
    [
      'CVE-2025-15467',
      'CVE-2025-68160',
      'CVE-2025-69418',
      'CVE-2025-69419',
      'CVE-2025-69420',
      'CVE-2025-69421',
      'CVE-2026-22795',
      'CVE-2026-22796',
    ],
    'DSA-6113-1',
  ],
  [
    'perl',
    '5.36.0-7+deb12u3',
    '5.36.0-7+deb12u4',
    239,
    ['CVE-2024-56406', 'CVE-2025-40909'],
    'DSA-5902-1',
  ],
  [
    'perl-base',
    '5.36.0-7+deb12u3',
    '5.36.0-7+deb12u4',
    1_610,
    ['CVE-2024-56406', 'CVE-2025-40909'],
    'DSA-5902-1',
  ],
  [
    'perl-modules-5.36',
    '5.36.0-7+deb12u3',
    '5.36.0-7+deb12u4',
    2_817,
    ['CVE-2024-56406', 'CVE-2025-40909'],
    'DSA-5902-1',
  ],
  [
    'python3.11',
    '3.11.2-6+deb12u8',
    '3.11.2-6+deb12u9',
    575,
    ['CVE-2025-8194', 'CVE-2025-6069', 'CVE-2025-13836'],
    'DSA-6088-1',
  ],
  [
    'python3.11-minimal',
    '3.11.2-6+deb12u8',
    '3.11.2-6+deb12u9',
    2_055,
    ['CVE-2025-8194', 'CVE-2025-6069', 'CVE-2025-13836'],
    'DSA-6088-1',
  ],
  ['tzdata', '2026b-0+deb12u1', '2026f-0+deb12u1', 308, [], null],
  ['xz-utils', '5.4.1-1+deb12u1', '5.4.1-1+deb12u2', 471, ['CVE-2026-34743'], null],
];

const NOT_SECURITY = ['apt', 'ca-certificates', 'libapt-pkg6.0', 'tzdata'];

const ROWS: ChangeRow[] = UPDATES.map(([name, oldVersion, newVersion, kB, cves, advisory]) => ({
  name,
  architecture: ['ca-certificates', 'nginx-common', 'perl-modules-5.36', 'tzdata'].includes(name)
    ? 'all'
    : 'amd64',
  oldVersion,
  newVersion,
  origin: NOT_SECURITY.includes(name)
    ? 'Debian:12/oldstable'
    : 'Debian-Security:12/oldstable-security',
  security: !NOT_SECURITY.includes(name),
  sizeBytes: kB * 1_000,
  cves: cves === 'unknown' ? cves : [...cves],
  advisory,
}));

function planOf(rows: ChangeRow[], more: Partial<PlanOverview> = {}): PlanOverview {
  return {
    digest: DIGEST,
    scope: 'all',
    madeAt: '2026-11-24T18:43:09.120Z',
    changeCount: rows.length,
    securityCount: rows.filter(({ security }) => security).length,
    removalCount: 0,
    downloadBytes: rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    rows,
    removals: [],
    held: [],
    rebootExpected: { answer: 'yes', reason: 'libssl3 and perl-base are used by running services' },
    ...more,
  };
}

function facts(host: string): Facts {
  return {
    host,
    observedAt: '2026-11-24T18:43:01.000Z',
    unattended: true,
    os: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
    kernel: '6.1.0-38-amd64',
    virtualization: 'kvm',
    boot: { bootId: 'ac870a7e-5956-45ac-b172-bd9a148bd081', initStartTicks: '12' },
    manager: 'apt',
    held: [],
    space: [
      { mountPoint: '/', freeBytes: 31_000_000_000, freeInodes: 2_100_000, countsInodes: true },
    ],
    clockSkewMs: 12,
    failedUnits: [],
    rebootPending: { answer: 'no', reason: 'the newest kernel runs' },
    otherUpdaters: ['apt-daily.timer', 'apt-daily-upgrade.timer', 'unattended-upgrades.service'],
    findings: [],
    agentVersion: '0.1.0',
    cycle: CYCLE,
  };
}

type Went = [
  step: string,
  seconds: number,
  summary: string,
  status?: StepRecord['status'],
  failure?: StepRecord['failure'],
];

/** Steps one after the other, a few tens of milliseconds apart. */
function stepsFrom(start: string, went: readonly Went[]): StepRecord[] {
  let ms = Date.parse(start);
  return went.map(([step, seconds, summary, status = 'done', failure]) => {
    const startedAt = new Date(ms).toISOString();
    ms += seconds * 1_000;
    const endedAt = new Date(ms).toISOString();
    ms += 45;
    return {
      step,
      startedAt,
      endedAt,
      status,
      summary,
      ...(failure === undefined ? {} : { failure }),
    };
  });
}

function commandsOf(
  entries: readonly [
    step: string,
    at: string,
    argv: string[],
    exitCode: number | null,
    ms: number,
  ][],
): CommandRecord[] {
  return entries.map(([step, at, argv, exitCode, durationMs]) => ({
    step,
    at,
    argv,
    exitCode,
    durationMs,
  }));
}

const COMMANDS = commandsOf([
  ['inspect', '2026-11-24T18:43:01.400Z', ['dpkg', '--audit'], 0, 40],
  ['refresh', '2026-11-24T18:43:03.000Z', ['apt-get', '-q', 'update', '--error-on=any'], 0, 3_100],
  ['plan', '2026-11-24T18:43:06.500Z', ['apt-get', '-s', '--with-new-pkgs', 'upgrade'], 0, 610],
  [
    'drain',
    '2026-11-24T19:58:10.000Z',
    ['systemctl', 'stop', '--', 'apt-daily.timer', 'apt-daily-upgrade.timer'],
    0,
    30,
  ],
  [
    'baseline',
    '2026-11-24T19:58:11.000Z',
    ['journalctl', '--no-pager', '--lines=0', '--show-cursor'],
    0,
    12,
  ],
  [
    'upgrade',
    '2026-11-24T19:58:16.000Z',
    [
      'apt-get',
      '-q',
      '-y',
      '-o',
      'Dpkg::Use-Pty=0',
      '-o',
      'DPkg::Lock::Timeout=600',
      'install',
      '--only-upgrade',
      '--no-remove',
      '--',
      'nginx:amd64=1.22.1-9+deb12u11',
      'libssl3:amd64=3.0.22-1~deb12u2',
    ],
    0,
    11_420,
  ],
  ['verify', '2026-11-24T20:00:45.000Z', ['dpkg', '--audit'], 0, 38],
]);

const BACKUP = {
  directory: `/var/lib/patchcycle/cycles/${CYCLE}/backup`,
  archiveSha256: 'c0ffee'.padEnd(64, '4'),
  archiveBytes: 51_240_330,
  files: 6_812,
};

const base = {
  format: 1,
  cycle: CYCLE,
  scope: 'all',
  requestedBy: 'ann.lee@example.org',
  startedAt: '2026-11-24T18:43:00.000Z',
  decisions: [],
  refused: [],
  refusedCount: 0,
  leftAside: [],
  reboots: [],
  logs: null,
  checks: [],
  backup: null,
  restore: null,
  failures: [],
  commands: COMMANDS,
  commandCount: COMMANDS.length,
} as const;

function workflow(host: string): Report['workflow'] {
  return {
    namespace: 'default',
    workflowId: `patch/${host}`,
    runId: '01932f6e-7c1a-7d52-9f3b-6f2d0c1e4a77',
  };
}

const BEFORE_THE_CHANGE: readonly Went[] = [
  ['inspect', 1.1, 'Debian GNU/Linux 12 (bookworm), kernel 6.1.0-38-amd64'],
  ['refresh', 3.2, 'package lists are fresh'],
  ['plan', 2.4, '24 packages, 20 of them security; digest 3f1c5a7be2d9'],
];

const PREPARATION: readonly Went[] = [
  ['download', 4.4, '24 archives are here and match the plan, 24.0 MB fetched'],
  [
    'drain',
    0.6,
    'hook lb-out ran; other updaters off: apt-daily.timer, apt-daily-upgrade.timer, unattended-upgrades.service',
  ],
  ['baseline', 0.9, '31 services active, 0 failed units, 2 probes answer'],
  ['backup', 1.8, '6812 files in 51.2 MB, read back and verified'],
];

/** A host that was patched by a person's word, in its window, with a reboot. */
export const PATCHED: Report = Report.parse({
  ...base,
  host: 'db-1',
  workflow: workflow('db-1'),
  policy: 'critical',
  reason: 'monthly patch day',
  endedAt: '2026-11-24T20:01:02.000Z',
  outcome: 'patched',
  explanation:
    '24 packages were brought to the planned versions, 20 of them for security; the host is as healthy as before.',
  facts: {
    ...facts('db-1'),
    held: ['linux-image-amd64'],
    findings: ['Held back and therefore left alone: linux-image-amd64.'],
  },
  plan: planOf(ROWS, { held: ['linux-image-amd64'] }),
  approvedBy: 'bob@example.org at 2026-11-24T19:12:40.000Z',
  decisions: [
    {
      at: '2026-11-24T19:12:40.000Z',
      decision: {
        kind: 'approve',
        by: 'bob@example.org',
        digest: DIGEST,
        why: 'looked at with the shop team',
      },
    },
  ],
  refused: [
    {
      at: '2026-11-24T18:59:02.000Z',
      kind: 'approve',
      by: 'eve@example.org',
      why: `the plan in question has the digest ${DIGEST}, not ${'0'.repeat(64)}`,
    },
  ],
  refusedCount: 1,
  steps: stepsFrom('2026-11-24T18:43:00.400Z', [
    ...BEFORE_THE_CHANGE,
    ['approval', 1_772, 'approved by bob@example.org'],
    ['window', 2_720, 'opened 2026-11-24T19:58:00.000Z'],
    ['refresh', 2.9, 'package lists are fresh'],
    ['plan', 2.1, '24 packages, 20 of them security; digest 3f1c5a7be2d9'],
    ...PREPARATION,
    [
      'upgrade',
      14.9,
      '24 packages installed; configuration left aside: /etc/nginx/nginx.conf.dpkg-dist',
    ],
    ['security-update', 0.4, '0 packages installed'],
    ['reboot-and-wait', 2.2, 'rebooted in 2.1s: libssl3 is used by running services'],
    ['monitor-logs', 120, 'no new kind of error in 412 lines; 1 known kinds'],
    ['verify', 1.4, '7 checks passed'],
    ['undrain', 0.5, 'traffic and updaters are as before'],
    ['retention', 0.1, '3 backups kept, 1 removed'],
  ]),
  leftAside: ['/etc/nginx/nginx.conf.dpkg-dist'],
  reboots: [
    {
      purpose: 'patch',
      reason: { answer: 'yes', reason: 'libssl3 is used by running services' },
      downMs: 2_130,
    },
  ],
  logs: {
    soakMs: 120_000,
    linesRead: 412,
    newKinds: [],
    knownKinds: [
      {
        signature: 'smartd: Device <text> failed to read',
        source: 'the journal of smartd.service',
        count: 2,
        firstLine: 'smartd: Device "/dev/sdb" failed to read SMART values',
      },
    ],
    passingKinds: [
      {
        signature: 'shop: lost connection to <address>',
        source: 'the journal of shop.service',
        count: 3,
        firstLine: 'shop: lost connection to 10.0.0.5:5432',
      },
    ],
  },
  checks: [
    { name: 'packages', ok: true, detail: 'all 24 have the planned version' },
    { name: 'package database', ok: true, detail: 'the audit is clean' },
    { name: 'reboot pending', ok: true, detail: 'no: the newest kernel runs' },
    { name: 'services', ok: true, detail: 'all 31 services that ran before run now' },
    { name: 'units', ok: true, detail: 'none has failed' },
    {
      name: 'http http://127.0.0.1/health',
      ok: true,
      detail: 'answers in 3.1 ms, baseline 2.8 ms',
    },
    { name: 'tcp 127.0.0.1:5432', ok: true, detail: 'answers in 0.2 ms, baseline 0.2 ms' },
  ],
  backup: BACKUP,
  commandCount: 61,
});

const SHOP_DIGEST = '9ab0'.padEnd(64, '7');

const SHOP_FAILURE = {
  type: 'HealthWorse',
  message:
    'shop-1 is not as healthy as before the change (2 of 7 checks failed): service shop: ran before the change and does not run now; it has failed; http http://127.0.0.1:8080/health: answered before the change; now: refuses connections: nothing listens there.',
  details: {
    remedy:
      'Look on the host: systemctl --failed; journalctl --boot --priority=err. The change can be restored, or the cause mended and the step tried again.',
    findings: [
      'service shop: ran before the change and does not run now; it has failed',
      'http http://127.0.0.1:8080/health: answered before the change; now: refuses connections: nothing listens there',
    ],
  },
};

const SHOP_ROWS: ChangeRow[] = [
  {
    name: 'shop',
    architecture: 'all',
    oldVersion: '1.0',
    newVersion: '2.0',
    origin: 'Lab:stable/main',
    security: false,
    sizeBytes: 4_210,
    cves: 'unknown',
    advisory: null,
  },
];

/** A host that got an update whose service does not start, and was put back. */
export const RESTORED: Report = Report.parse({
  ...base,
  host: 'shop-1',
  workflow: workflow('shop-1'),
  policy: 'ordinary',
  requestedBy: 'demo',
  endedAt: '2026-11-24T18:45:31.000Z',
  outcome: 'restored',
  explanation: `${SHOP_FAILURE.message} The host was put back from its backup, and that is proven.`,
  facts: facts('shop-1'),
  plan: planOf(SHOP_ROWS, {
    digest: SHOP_DIGEST,
    rebootExpected: { answer: 'no', reason: 'no package of the plan asks for it' },
  }),
  approvedBy: 'automatically, by policy ordinary',
  steps: stepsFrom('2026-11-24T18:43:00.400Z', [
    ['inspect', 1.0, 'Debian GNU/Linux 12 (bookworm), kernel 6.1.0-38-amd64'],
    ['refresh', 2.2, 'package lists are fresh'],
    ['plan', 1.3, '1 package, 0 of them security; digest 9ab077777777'],
    ['approval', 0, 'policy ordinary asks for none', 'skipped'],
    ['window', 0, 'policy ordinary has no maintenance window', 'skipped'],
    ['download', 0.3, '1 archives are here and match the plan, 0.0 MB fetched'],
    ['drain', 0.4, 'no hook; other updaters off: apt-daily.timer'],
    ['baseline', 0.8, '28 services active, 0 failed units, 1 probes answer'],
    ['backup', 1.2, '2140 files in 11.9 MB, read back and verified'],
    ['upgrade', 3.1, '1 package installed'],
    ['security-update', 0.2, '0 packages installed'],
    ['reboot-and-wait', 0.3, 'no reboot: no, no package asks for it'],
    ['monitor-logs', 15, 'no new kind of error in 36 lines; 0 known kinds'],
    ['verify', 62, SHOP_FAILURE.message, 'failed', SHOP_FAILURE],
    ['restore', 2.8, '5 files put back, 2 deleted'],
    ['reboot-and-wait', 2.1, 'rebooted in 1.9s: /usr/bin/shop was running'],
    ['verify', 1.7, 'identical in all 2142 entries'],
    ['undrain', 0.4, 'traffic and updaters are as before'],
  ]),
  reboots: [
    {
      purpose: 'restore',
      reason: { answer: 'yes', reason: '/usr/bin/shop was running' },
      downMs: 1_900,
    },
  ],
  logs: {
    soakMs: 15_000,
    linesRead: 36,
    newKinds: [],
    knownKinds: [],
    passingKinds: [
      {
        signature: 'shop: cannot read the catalogue: no such table <text>',
        source: 'the journal of shop.service',
        count: 1,
        firstLine: "shop: cannot read the catalogue: no such table 'articles'",
      },
    ],
  },
  backup: { ...BACKUP, archiveBytes: 11_900_000, files: 2_140 },
  restore: {
    exact: true,
    entriesCompared: 2_142,
    differences: [],
    checks: [
      { name: 'services', ok: true, detail: 'all 28 services that ran before run now' },
      { name: 'units', ok: true, detail: 'none has failed' },
      {
        name: 'http http://127.0.0.1:8080/health',
        ok: true,
        detail: 'answers in 1.9 ms, baseline 1.8 ms',
      },
    ],
  },
  failures: [SHOP_FAILURE],
});

const BROKEN_RESTORE = {
  type: 'RestoreIncomplete',
  message: 'shop-1 could not be put back: 2 of 2142 entries differ from the manifest.',
  details: {
    remedy: `Make room on / and resolve with restore, which goes on where it stopped. The backup is in ${BACKUP.directory}.`,
    findings: ['/usr/bin/shop: content differs', '/etc/shop/shop.conf is missing'],
    command: {
      argv: ['tar', '--extract', '--file', 'archive.tar.zst'],
      exitCode: 2,
      stderrTail:
        'tar: /usr/bin/shop: Cannot write: No space left on device\ntar: Exiting with failure status due to previous errors',
    },
  },
};

/** A host whose restore failed too; a person looked at it and left it as it is. */
export const ACCEPTED: Report = Report.parse({
  ...RESTORED,
  endedAt: '2026-11-24T21:20:00.000Z',
  outcome: 'accepted-as-is',
  explanation: `carla@example.org accepted the host as it is, after: ${BROKEN_RESTORE.message}`,
  decisions: [
    {
      at: '2026-11-24T19:30:00.000Z',
      decision: { kind: 'resolve', by: 'carla@example.org', how: 'restore' },
    },
    {
      at: '2026-11-24T21:19:50.000Z',
      decision: {
        kind: 'resolve',
        by: 'carla@example.org',
        how: 'accept',
        why: 'the shop is taken over by shop-2, this host is rebuilt tomorrow',
      },
    },
  ],
  steps: [
    ...RESTORED.steps.slice(0, 14),
    ...stepsFrom('2026-11-24T18:44:35.000Z', [
      ['restore', 3.1, BROKEN_RESTORE.message, 'failed', BROKEN_RESTORE],
    ]),
    ...stepsFrom('2026-11-24T19:30:00.100Z', [
      ['restore', 2.2, BROKEN_RESTORE.message, 'failed', BROKEN_RESTORE],
    ]),
    ...stepsFrom('2026-11-24T21:19:51.000Z', [
      ['undrain', 0.4, 'traffic and updaters are as before'],
    ]),
  ],
  reboots: [],
  restore: {
    exact: false,
    entriesCompared: 2_142,
    differences: ['/usr/bin/shop: content differs', '/etc/shop/shop.conf is missing'],
    checks: [
      { name: 'service shop', ok: false, detail: 'ran before the change and does not run now' },
    ],
  },
  failures: [SHOP_FAILURE, BROKEN_RESTORE, BROKEN_RESTORE],
});

/** A plan that a person rejected. */
export const REJECTED: Report = Report.parse({
  ...base,
  host: 'db-1',
  workflow: workflow('db-1'),
  policy: 'critical',
  endedAt: '2026-11-24T19:02:10.000Z',
  outcome: 'rejected',
  explanation:
    'bob@example.org rejected the plan: not before the sale ends on Friday; nothing was changed.',
  facts: facts('db-1'),
  plan: planOf(ROWS.slice(13, 17), {
    removalCount: 1,
    removals: [{ name: 'libssl1.1', architecture: 'amd64', oldVersion: '1.1.1w-0+deb11u1' }],
  }),
  approvedBy: null,
  decisions: [
    {
      at: '2026-11-24T19:02:08.000Z',
      decision: {
        kind: 'reject',
        by: 'bob@example.org',
        digest: DIGEST,
        why: 'not before the sale ends on Friday',
      },
    },
  ],
  steps: stepsFrom('2026-11-24T18:43:00.400Z', [
    ...BEFORE_THE_CHANGE,
    [
      'approval',
      1_141,
      'bob@example.org rejected the plan: not before the sale ends on Friday; nothing was changed.',
    ],
  ]),
  commands: COMMANDS.slice(0, 3),
  commandCount: 3,
});

/** A host that had nothing to do. */
export const UP_TO_DATE: Report = Report.parse({
  ...base,
  host: 'web-1',
  workflow: workflow('web-1'),
  policy: 'ordinary',
  scope: 'security',
  endedAt: '2026-11-24T18:43:08.000Z',
  outcome: 'up-to-date',
  explanation: 'Nothing to do: no security update is pending.',
  facts: facts('web-1'),
  plan: planOf([], {
    scope: 'security',
    rebootExpected: { answer: 'no', reason: 'nothing is installed' },
  }),
  approvedBy: null,
  steps: stepsFrom(
    '2026-11-24T18:43:00.400Z',
    BEFORE_THE_CHANGE.map(([step, seconds, summary]) => [
      step,
      seconds,
      step === 'plan' ? '0 packages, 0 of them security; digest 3f1c5a7be2d9' : summary,
    ]),
  ),
  commands: COMMANDS.slice(0, 3),
  commandCount: 3,
});

/** A host for which there are newer versions that its policy cannot have. */
export const LEFT_OUT: Report = Report.parse({
  ...UP_TO_DATE,
  explanation:
    'No security update can be installed now, but not everything is up to date: nginx 1.22.1-9+deb12u11 needs libssl3 3.0.22, which is no security update.',
  plan: UP_TO_DATE.plan && {
    ...UP_TO_DATE.plan,
    leftOut: ['nginx 1.22.1-9+deb12u11 needs libssl3 3.0.22, which is no security update.'],
    held: ['linux-image-amd64'],
  },
});

/** A host that was put back because of what its logs said; not everything could be looked at. */
export const RESTORED_FOR_LOGS: Report = Report.parse({
  ...RESTORED,
  explanation:
    'Since the change shop-1 logs a kind of error that it did not log before: shop: cannot read the catalogue. The host was put back from its backup, and that is proven.',
  leftAside: ['/etc/shop/shop.conf.dpkg-dist'],
  steps: [
    ...RESTORED.steps.slice(0, 12),
    ...stepsFrom('2026-11-24T18:43:16.000Z', [
      ['monitor-logs', 15, 'Since the change shop-1 logs a kind of error', 'failed'],
    ]),
    ...RESTORED.steps.slice(14),
  ],
  logs: {
    soakMs: 15_000,
    linesRead: 36,
    knownKinds: [],
    newKinds: [
      {
        signature: 'shop: cannot read the catalogue: no such table <text>',
        source: 'the journal of shop.service',
        count: 7,
        firstLine: "shop: cannot read the catalogue: no such table 'articles'",
      },
    ],
    passingKinds: [],
  },
  restore: {
    ...RESTORED.restore,
    checks: [
      { name: 'package database', ok: true, detail: 'the audit is clean' },
      {
        name: 'services',
        ok: true,
        detail: 'unknown: systemd does not run this host, so services and units were not compared',
      },
    ],
  },
  failures: [
    {
      type: 'NewLogErrors',
      message:
        "Since the change shop-1 logs a kind of error that it did not log before: shop: cannot read the catalogue: no such table 'articles'",
      details: {
        remedy:
          'Look at the lines in the findings. A kind of error that means nothing goes into "logs: { ignore: [...] }" of policy ordinary.',
        findings: [
          "new kind of error in the journal of shop.service, 7 times: shop: cannot read the catalogue: no such table 'articles'",
        ],
      },
    },
  ],
});

/** A cycle that failed before it could do anything. */
export const FAILED: Report = Report.parse({
  ...base,
  host: 'web-2',
  workflow: workflow('web-2'),
  policy: 'ordinary',
  scope: 'security',
  endedAt: '2026-11-24T18:44:12.000Z',
  outcome: 'failed',
  explanation:
    'The signature of a package list of web-2 is not valid. Nothing was changed on the host.',
  facts: facts('web-2'),
  plan: null,
  approvedBy: null,
  steps: stepsFrom('2026-11-24T18:43:00.400Z', [
    ['inspect', 1.1, 'Debian GNU/Linux 12 (bookworm), kernel 6.1.0-38-amd64'],
    ['refresh', 3.2, 'The signature of a package list of web-2 is not valid.', 'failed'],
  ]),
  failures: [
    {
      type: 'SignatureInvalid',
      message: 'The signature of a package list of web-2 is not valid.',
      details: {
        remedy:
          'Look whether the key of the repository was renewed, and who runs the mirror; do not install anything from it until then.',
        command: {
          argv: ['apt-get', '-q', 'update', '--error-on=any'],
          exitCode: 100,
          stderrTail:
            'W: GPG error: http://mirror.example bookworm-security InRelease: The following signatures were invalid: BADSIG 0E98404D386FA1D9\nE: The repository is not signed.',
        },
      },
    },
  ],
  commands: COMMANDS.slice(0, 2),
  commandCount: 2,
});

export const SAMPLES: Readonly<Record<string, Report>> = {
  patched: PATCHED,
  restored: RESTORED,
  'accepted-as-is': ACCEPTED,
  rejected: REJECTED,
  'up-to-date': UP_TO_DATE,
  failed: FAILED,
  expired: Report.parse({
    ...REJECTED,
    outcome: 'expired',
    decisions: [],
    explanation: 'Nobody decided on the plan within 72h; nothing was changed.',
  }),
  aborted: Report.parse({
    ...REJECTED,
    outcome: 'aborted',
    decisions: [],
    explanation: 'The cycle ended before any change: aborted by ann.lee@example.org.',
  }),
};
