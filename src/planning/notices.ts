import type { FailureRecord } from '../domain/failure.ts';
import type { NoticeInput } from '../domain/notice.ts';
import type { PlanOverview } from '../domain/plan.ts';
import { planInLines } from './plan-in-lines.ts';

const PLAN_LINES_MAX = 10;
const FINDINGS_SHOWN = 5;

/** So much of a digest the command line takes for the whole. */
const DIGEST_SHOWN = 16;

/** A host asks for approval. Hosts of one rollout that would get the same are alike. */
export function approvalNotice(
  host: string,
  rollout: string | null,
  plan: PlanOverview,
  signed: boolean,
): NoticeInput {
  const { digest, changes } = plan;
  return {
    kind: 'approval-needed',
    about: host,
    subject: `${host} waits for approval`,
    lines: planInLines(plan, PLAN_LINES_MAX),
    command: `patchcycle approve ${host} --digest ${digest.slice(0, DIGEST_SHOWN)}${signed ? ' --key FILE' : ''}`,
    ...(rollout === null || changes === undefined || signed
      ? {}
      : {
          together: `patchcycle rollout approve ${rollout} --changes ${changes.slice(0, DIGEST_SHOWN)}`,
        }),
    alike: `${rollout ?? 'no rollout'} ${changes ?? digest} ${signed ? 'signed' : ''}`,
  };
}

/** A host is left half changed until a person decides. Hosts that fail with the same words are alike. */
export function attentionNotice(
  host: string,
  { type, message, details }: FailureRecord,
): NoticeInput {
  return {
    kind: 'needs-attention',
    about: host,
    subject: `${host} needs attention`,
    lines: [
      message,
      ...(details === undefined ? [] : [details.remedy]),
      ...(details?.findings ?? []).slice(0, FINDINGS_SHOWN),
      'Or --how restore, which puts it back from its backup, or --how accept, which leaves it as it is.',
    ],
    command: `patchcycle resolve ${host} --how retry`,
    alike: `${type}: ${withoutParticulars(message, host)}`,
  };
}

/** A message without what is different on every host: its name, numbers, identities. */
function withoutParticulars(message: string, host: string): string {
  const name = new RegExp(`(?<![\\w.-])${host.replaceAll('.', '\\.')}(?![\\w-])`, 'g');
  const beginning = message.slice(0, COMPARED_LENGTH);
  return beginning.replace(name, 'HOST').replace(/[0-9a-f]*\d[0-9a-f]*/g, '#');
}

/** Two messages with the same beginning say the same. */
const COMPARED_LENGTH = 400;
