import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ACKNOWLEDGED_MAX, Acknowledge, Acknowledged } from '../src/domain/review.ts';
import { parseMessage } from '../src/planning/parse-message.ts';
import { now } from './cycle/cycle.ts';
import { escaped, table } from './cycle/details.ts';
import { acknowledgedQuery, acknowledgeUpdate } from './messages.ts';

const EMPTY: Acknowledged = { policies: [] };
const ROWS_SHOWN = 60;
const DETAILS_MAX = 18_000;

/**
 * Who said last of each policy that it is as it should be. It begins with the first such word and
 * never ends, because the age of a word is what counts.
 */
export async function acknowledgedPolicies(raw?: unknown): Promise<void> {
  const parsed = Acknowledged.safeParse(raw ?? EMPTY);
  if (!parsed.success) {
    throw ApplicationFailure.nonRetryable('This is no list of acknowledged policies.', 'BadInput', {
      remedy: 'It begins by itself: patchcycle policy acknowledge POLICY --why "...".',
    });
  }
  const list = parsed.data;
  setHandler(
    acknowledgeUpdate,
    (message: unknown) => {
      const said = readable(message);
      const others = list.policies.filter(({ policy }) => policy !== said.policy);
      list.policies = [...others, { ...said, at: now() }].slice(-ACKNOWLEDGED_MAX);
      show(list);
      return list;
    },
    {
      validator: (message: unknown) => void readable(message),
      description:
        'A policy is as it should be: {"policy": its name, "by": who, "why": a sentence}',
    },
  );
  setHandler(acknowledgedQuery, () => list, { description: 'The last word about each policy' });
  show(list);
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof acknowledgedPolicies>(list);
}

/** Throws the ApplicationFailure that tells the sender why nothing is acknowledged. */
function readable(message: unknown): Acknowledge {
  const parsed = parseMessage(message, Acknowledge);
  if (parsed.ok) return parsed.value;
  throw ApplicationFailure.nonRetryable(`Refused: ${parsed.why}.`, 'DecisionRefused');
}

function show({ policies }: Acknowledged): void {
  const rows = policies
    .slice(-ROWS_SHOWN)
    .map(({ policy, by, at, why }) => [policy, escaped(by), at, escaped(why)]);
  const details = ['## Acknowledged policies', table(['policy', 'by', 'when', 'why'], rows)];
  setCurrentDetails(details.join('\n\n').slice(0, DETAILS_MAX));
}
