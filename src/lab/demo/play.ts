import { setTimeout as sleep } from 'node:timers/promises';
import { askApproval } from '../../cli/ask-approval.ts';
import { followCycle } from '../../cli/follow.ts';
import type { Context } from '../../cli/kit.ts';
import { Live } from '../../cli/live.ts';
import { plainProgress } from '../../cli/show-progress.ts';
import type { HostStatus, PatchcycleClient, StartedCycle } from '../../client/index.ts';
import type { Report } from '../../domain/report.ts';
import { boardLines, type Player } from './board.ts';
import type { Role } from './cast.ts';

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
  const board = openBoard(context);
  try {
    return await Promise.all(
      roles.map(async (role) => {
        const started = await startCycle(client, role);
        return followRole(options, board, role, started);
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

async function followRole(
  options: PlayOptions,
  board: Board,
  role: Role,
  started: StartedCycle,
): Promise<Ended> {
  const { client, stop } = options;
  const { host, link } = started;
  const player: Player = { host, story: role.story, latest: null, report: null };
  board.add(player);
  if (link !== null) board.note(`${host}  ${link}`);
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
  const report = await Promise.race([followCycle(client, started, look, stop), undecided.promise]);
  player.report = report;
  board.finish(report);
  return { role, report, link };
}

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
      await client[answer.verdict](host, { by: 'demo', digest: answer.digest });
      return;
    }
    board.note(`${host} goes on waiting; you are asked again in half a minute.`);
    await sleep(ASK_AGAIN_MS, undefined, { signal: stop });
  }
}

const ASK_AGAIN_MS = 30_000;

/** Where the hosts are shown: a board that is redrawn on a terminal, lines elsewhere. */
type Board = {
  add(player: Player): void;
  look(status: HostStatus): void;
  finish(report: Report): void;
  note(line: string): void;
  pause(): void;
  resume(): void;
  end(): void;
};

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

function openBoard(context: Context): Board {
  return context.io.stderr.isTTY === true ? liveBoard(context) : lineBoard(context);
}

function liveBoard({ io, errLook }: Context): Board {
  const live = new Live(io.stderr);
  const players: Player[] = [];
  let paused = false;
  let frame = 0;
  const draw = () => {
    if (paused) return;
    const spinner = FRAMES[frame++ % FRAMES.length] ?? '';
    live.show(boardLines(players, errLook, Date.now(), spinner));
  };
  const timer = setInterval(draw, FRAME_MS);
  return {
    add: (player) => void players.push(player),
    look: () => undefined,
    finish: () => undefined,
    note: (line) => live.note(line),
    pause() {
      paused = true;
      live.clear();
    },
    resume() {
      paused = false;
    },
    end() {
      clearInterval(timer);
      if (!paused) draw();
      live.end();
    },
  };
}

function lineBoard(context: Context): Board {
  const progress = plainProgress(context);
  return {
    add: ({ host, story }) => context.say(`${host}: ${story}`),
    look: (status) => progress.look(status),
    finish: (report) => progress.finish(report),
    note: (line) => context.say(line),
    pause: () => undefined,
    resume: () => undefined,
    end: () => undefined,
  };
}
