import { setTimeout as sleep } from 'node:timers/promises';
import { askApproval } from '../../cli/ask-approval.ts';
import { followCycle } from '../../cli/follow.ts';
import type { Context } from '../../cli/kit.ts';
import { personName } from '../../cli/person.ts';
import type { HostStatus, PatchcycleClient, StartedCycle } from '../../client/index.ts';
import type { Report } from '../../domain/report.ts';
import type { Player } from './board.ts';
import type { Role } from './role.ts';
import { openBoard, type Board } from './show-board.ts';

export type Ended = { role: Role; report: Report; link: string | null };

export type PlayOptions = {
  context: Context;
  client: PatchcycleClient;
  roles: readonly Role[];
  /** Approve without asking. */
  approve: boolean;
  stop: AbortSignal;
};

/** Starts the cycles of all hosts, shows them, has the plan approved, and answers the reports. */
export async function play(options: PlayOptions): Promise<Ended[]> {
  const { client, roles, context } = options;
  const acts: { role: Role; started: StartedCycle; player: Player }[] = [];
  for (const role of roles) {
    const started = await startCycle(client, role);
    const { host, link } = started;
    context.say(`${host}: ${role.story}${link === null ? '' : `\n  ${link}`}`);
    acts.push({ role, started, player: { host, story: role.story, latest: null, report: null } });
  }
  const board = openBoard(
    context,
    acts.map(({ player }) => player),
  );
  try {
    return await Promise.all(
      acts.map(async ({ role, started, player }) => {
        const report = await follow(options, board, player, started);
        return { role, report, link: started.link };
      }),
    );
  } finally {
    board.end();
  }
}

function startCycle(client: PatchcycleClient, role: Role): Promise<StartedCycle> {
  return client.startPatch({
    host: role.options.name,
    policy: role.policy,
    groups: role.groups,
    requestedBy: 'demo',
    reason: `the demonstration: ${role.story}`,
  });
}

async function follow(
  options: PlayOptions,
  board: Board,
  player: Player,
  started: StartedCycle,
): Promise<Report> {
  const asked = new Set<string>();
  const undecided = Promise.withResolvers<never>();
  const look = (status: HostStatus) => {
    player.latest = status;
    board.look(status);
    const state = status.cycle?.state;
    // A plan that has changed since is asked about again.
    if (state?.name !== 'awaiting-approval' || asked.has(state.digest)) return;
    asked.add(state.digest);
    decide(options, board, status, state.digest).catch(undecided.reject);
  };
  const followed = followCycle(options.client, started, look, options.stop);
  const report = await Promise.race([followed, undecided.promise]);
  player.report = report;
  board.finish(report);
  return report;
}

/** After "later" at the question. */
const ASK_AGAIN_MS = 30_000;

/** Asks the audience; without one, or with `--yes`, approves as "demo" and says so. */
async function decide(
  { context, client, approve, stop }: PlayOptions,
  board: Board,
  status: HostStatus,
  digest: string,
): Promise<void> {
  const { host } = status;
  if (approve || !context.io.canAsk) {
    board.note(`${host}: the plan ${digest.slice(0, 12)} is approved as "demo", without asking.`);
    await client.approve(host, { by: 'demo', digest, why: 'the demonstration was told so' });
    return;
  }
  for (;;) {
    board.pause();
    const answer = await askApproval(context, status).finally(() => board.resume());
    if (answer.verdict !== 'later') {
      const by = personName(context.io, undefined);
      await client[answer.verdict](host, { by, digest: answer.digest });
      return;
    }
    board.note(`${host} goes on waiting; you are asked again in half a minute.`);
    await sleep(ASK_AGAIN_MS, undefined, { signal: stop });
  }
}
