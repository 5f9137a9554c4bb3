import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { REFUSED_MESSAGES_MAX } from '../src/domain/decision.ts';
import { BadReport, BadVersions, ClearBad } from '../src/domain/known-bad.ts';
import { NOTICE_SIZE_MAX, parseMessage } from '../src/planning/parse-message.ts';
import { clearBad, isKnownBad, noteBad } from '../src/planning/suspects.ts';
import { now } from './cycle/cycle.ts';
import { commands, escaped, table } from './cycle/details.ts';
import { readMessage, unread } from './cycle/raw-message.ts';
import { badVersionsQuery, clearBadUpdate, reportBadSignal } from './messages.ts';

const EMPTY: BadVersions = { versions: [], refused: [], refusedCount: 0 };
const ROWS_SHOWN = 60;
const DETAILS_MAX = 18_000;

/**
 * The package versions after which hosts of this namespace were restored. It begins with the first
 * such report and never ends, because what is known to be bad has to be known for good.
 */
export async function knownBad(rawVersions?: unknown): Promise<void> {
  const parsed = BadVersions.safeParse(rawVersions ?? EMPTY);
  if (!parsed.success) {
    throw ApplicationFailure.nonRetryable('This is no list of known bad versions.', 'BadInput', {
      remedy: 'It begins by itself when a host was restored.',
    });
  }
  const bad = parsed.data;
  listen(bad);
  show(bad);
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof knownBad>(bad);
}

function listen(bad: BadVersions): void {
  setHandler(
    unread(reportBadSignal),
    (raw) => {
      const read = readMessage(raw);
      const report = read.readable
        ? parseMessage(read.message, BadReport, NOTICE_SIZE_MAX)
        : { ok: false as const, why: read.why };
      if (report.ok) noteBad(bad, report.value, now());
      else refuse(bad, report.why);
      show(bad);
    },
    { description: 'A host was restored after these versions; sent on behalf of its cycle' },
  );
  setHandler(
    clearBadUpdate,
    (message: unknown) => {
      clearBad(bad, clearable(bad, message), now());
      show(bad);
      return bad;
    },
    {
      validator: (message: unknown) => void clearable(bad, message),
      description:
        'A version is good after all: {"package": which, "version": which, "by": who, "why": a sentence}',
    },
  );
  setHandler(badVersionsQuery, () => bad, {
    description: 'Every version, also those that were cleared',
  });
}

/** Throws the ApplicationFailure that tells the sender why nothing is cleared. */
function clearable({ versions }: BadVersions, message: unknown): ClearBad {
  const parsed = parseMessage(message, ClearBad);
  const why = parsed.ok ? objection(parsed.value) : parsed.why;
  if (parsed.ok && why === null) return parsed.value;
  throw ApplicationFailure.nonRetryable(`Refused: ${why}.`, 'DecisionRefused');

  function objection(wanted: ClearBad): string | null {
    const known = versions.some(
      (one) =>
        one.package === wanted.package &&
        one.version === wanted.version &&
        one.cleared === undefined,
    );
    return known ? null : `nothing bad is known of ${wanted.package} ${wanted.version}`;
  }
}

function refuse(bad: BadVersions, why: string): void {
  bad.refusedCount += 1;
  if (bad.refused.length >= REFUSED_MESSAGES_MAX) return;
  bad.refused.push({ at: now(), kind: 'report-bad', by: null, why: why.slice(0, 500) });
}

function show({ versions }: BadVersions): void {
  const rows = versions
    .filter(({ cleared }) => cleared === undefined)
    .slice(-ROWS_SHOWN)
    .map((one) => [
      escaped(one.package),
      escaped(one.version),
      isKnownBad(one) ? 'bad: plans leave it out' : 'suspected once',
      one.seenBy.map(({ host }) => host).join(', '),
    ]);
  const details = [
    '## Versions after which hosts were restored',
    table(['package', 'version', 'is', 'restored'], rows),
    commands(['patchcycle known-bad', 'patchcycle known-bad clear PACKAGE VERSION --why "..."']),
  ];
  setCurrentDetails(details.join('\n\n').slice(0, DETAILS_MAX));
}
