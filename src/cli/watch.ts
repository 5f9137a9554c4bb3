import { BadRequest, type PatchcycleClient } from '../client/index.ts';
import { EXIT } from './exit-codes.ts';
import { pause } from './follow.ts';
import type { Answer, Context } from './kit.ts';
import { Live } from './live.ts';

/** One look at something that changes. Over: no later look will see anything else. */
export type Seen = { document: unknown; text: string; over: boolean };

/** A look or two a second feels live; more would only load the server. */
const LOOK_EVERY_MS = 500;
/** Where each look is appended instead of redrawn, every change is enough. */
const APPEND_EVERY_MS = 5_000;

/**
 * Answers with one look or, where it is watched, with the last of many: until Ctrl-C or until all
 * is over. Throws BadRequest for a watch in JSON, and what the look throws.
 */
export async function lookOrWatch(
  context: Context,
  { watch }: { watch?: boolean },
  look: (client: PatchcycleClient) => Promise<Seen>,
): Promise<Answer> {
  if (watch && context.json) {
    throw new BadRequest(
      '--watch shows a view that changes, and --json is one document.',
      'Leave out one of the two.',
    );
  }
  const client = await context.connect();
  const { document, text } = await (watch
    ? watchUntilOver(context, () => look(client))
    : look(client));
  return { exitCode: EXIT.good, document, text };
}

async function watchUntilOver({ io }: Context, look: () => Promise<Seen>): Promise<Seen> {
  const live = io.stdout.isTTY ? new Live(io.stdout) : null;
  let shown = '';
  try {
    for (;;) {
      const seen = await look();
      if (io.stop.aborted || seen.over) return seen;
      if (live) live.show(seen.text.split('\n'));
      else if (seen.text !== shown) io.stdout.write(`${seen.text}\n\n`);
      shown = seen.text;
      await pause(live ? LOOK_EVERY_MS : APPEND_EVERY_MS, io.stop);
    }
  } finally {
    live?.clear();
  }
}
