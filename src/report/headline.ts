import type { Report } from '../domain/report.ts';
import { leftOutOf } from './figures.ts';
import { count, oneLine } from './text.ts';

/** How an ending reads at first sight. */
export type Tone = 'good' | 'quiet' | 'warning' | 'bad';

export type Headline = {
  tone: Tone;
  /** One or two words: `patched`. */
  badge: string;
  /** The outcome in a sentence. */
  sentence: string;
};

/** What a report says first. */
export function headlineOf(report: Report): Headline {
  const { host } = report;
  switch (report.outcome) {
    case 'patched': {
      const { changeCount, securityCount } = report.plan ?? { changeCount: 0, securityCount: 0 };
      const security = securityCount > 0 ? `, ${securityCount} of them for security` : '';
      return {
        tone: 'good',
        badge: 'Patched',
        sentence: `${host} is patched: ${count(changeCount, 'package')} updated${security}.`,
      };
    }
    case 'up-to-date': {
      const left = leftOutOf(report.plan).length;
      if (left > 0)
        return {
          tone: 'warning',
          badge: 'Nothing installable',
          sentence: `${host} has nothing that can be installed now, and is not up to date: ${count(left, 'newer version')} ${left === 1 ? 'is' : 'are'} left out.`,
        };
      return {
        tone: 'good',
        badge: 'Up to date',
        sentence: `${host} is up to date: there was nothing to install.`,
      };
    }
    case 'restored':
      return {
        tone: 'warning',
        badge: 'Restored',
        sentence: `${host} was not patched: the update went wrong, and the host was put back as it was.`,
      };
    case 'accepted-as-is':
      return {
        tone: 'warning',
        badge: 'Accepted as it is',
        sentence: `${host} was left as it is: the patch cycle went wrong, and ${accepter(report)} accepted the host in this state.`,
      };
    case 'failed':
      return {
        tone: 'bad',
        badge: 'Failed',
        sentence: `${host} was not patched: the cycle failed before anything was changed.`,
      };
    case 'rejected':
      return {
        tone: 'quiet',
        badge: 'Rejected',
        sentence: `${host} was not patched: the plan was rejected, and nothing was changed.`,
      };
    case 'expired':
      return {
        tone: 'quiet',
        badge: 'Expired',
        sentence: `${host} was not patched: nobody decided on the plan in time, and nothing was changed.`,
      };
    case 'aborted':
      return {
        tone: 'quiet',
        badge: 'Aborted',
        sentence: `${host} was not patched: the cycle was stopped before anything was changed.`,
      };
  }
}

function accepter({ decisions }: Report): string {
  const last = decisions.findLast(
    ({ decision }) => decision.kind === 'resolve' && decision.how === 'accept',
  );
  return last === undefined ? 'a person' : oneLine(last.decision.by, 128);
}
