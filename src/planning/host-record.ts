import {
  BOOTS_MAX,
  type Announcement,
  type HostRecord,
  type Updates,
} from '../domain/announcement.ts';
import { Severity } from '../domain/severity.ts';

/** What is remembered of a host after its agent has spoken. */
export function remember(before: HostRecord | null, said: Announcement, at: string): HostRecord {
  const updates = said.updates ?? before?.announcement.updates;
  return {
    firstSeenAt: before?.firstSeenAt ?? at,
    lastSeenAt: at,
    announcement: updates === undefined ? said : { ...said, updates },
    pendingSince: pendingSince(before, said.updates, at),
    ...rebootSince(before, said.updates, at),
    ...bootsHeard(before, said.boot, at),
  };
}

/** A host that reboots is another boot from then on; one of which the boot before speaks again is two machines. */
function bootsHeard(
  before: HostRecord | null,
  boot: string | undefined,
  at: string,
): Pick<HostRecord, 'boots' | 'twinHeardAt'> {
  const { boots = [], twinHeardAt } = before ?? {};
  const isBack = boot !== boots.at(-1) && boot !== undefined && boots.includes(boot);
  const twin = isBack ? at : twinHeardAt;
  const others = boots.filter((one) => one !== boot);
  const heard = boot === undefined ? boots : [...others, boot].slice(-BOOTS_MAX);
  return {
    ...(heard.length === 0 ? {} : { boots: heard }),
    ...(twin === undefined ? {} : { twinHeardAt: twin }),
  };
}

/** Since when there were security updates of each severity without a break. What cannot be told ends nothing. */
function pendingSince(
  before: HostRecord | null,
  updates: Updates | undefined,
  at: string,
): NonNullable<HostRecord['pendingSince']> {
  const known = before?.pendingSince ?? {};
  const pending = updates?.pending ?? null;
  if (pending === null) return known;
  // Agents of earlier versions count, and say no severity.
  const counts = pending.severities ?? { unknown: pending.security };
  return Object.fromEntries(
    Severity.options.flatMap((severity) =>
      (counts[severity] ?? 0) > 0 ? [[severity, known[severity] ?? at]] : [],
    ),
  );
}

function rebootSince(
  before: HostRecord | null,
  updates: Updates | undefined,
  at: string,
): Pick<HostRecord, 'rebootPendingSince'> {
  const since = before?.rebootPendingSince;
  const answer = updates?.rebootPending.answer ?? 'unknown';
  if (answer === 'no') return {};
  if (answer === 'yes') return { rebootPendingSince: since ?? at };
  return since === undefined ? {} : { rebootPendingSince: since };
}
