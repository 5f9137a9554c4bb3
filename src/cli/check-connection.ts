import { registerCommand, type PatchcycleClient } from '../client/index.ts';
import { missing, ok, warning, type Check } from './check.ts';
import type { Context } from './kit.ts';

/** What can be seen of Temporal from here. Throws TemporalUnreachable. */
export async function connectionChecks(
  context: Context,
  host: string | undefined,
): Promise<Check[]> {
  const client = await context.connect();
  return [
    ok('Temporal', `answers at ${client.address}, namespace ${client.namespace}`),
    await webUi(client),
    await searchAttributes(client),
    await centralWorker(client),
    ...(host === undefined ? [] : [await agent(client, host)]),
  ];
}

const WEB_UI_TIMEOUT_MS = 3_000;

async function webUi({ uiUrl }: PatchcycleClient): Promise<Check> {
  const remedy = 'Set PATCHCYCLE_UI_URL to it.';
  if (uiUrl === null) {
    return warning('Web UI', 'its address is not known, so no links are shown', remedy);
  }
  try {
    // Whatever it answers, a page for logging in included, somebody is there.
    await fetch(uiUrl, { signal: AbortSignal.timeout(WEB_UI_TIMEOUT_MS), redirect: 'manual' });
    return ok('Web UI', uiUrl);
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return warning(
      'Web UI',
      `does not answer at ${uiUrl}, where the links point to: ${why instanceof Error ? why.message : String(why)}`,
      remedy,
    );
  }
}

async function searchAttributes(client: PatchcycleClient): Promise<Check> {
  const lacking = await client.missingSearchAttributes();
  return lacking.length === 0
    ? ok('search attributes', 'all are registered')
    : missing(
        'search attributes',
        `not registered: ${lacking.join(', ')}`,
        registerCommand(client.namespace),
      );
}

async function centralWorker(client: PatchcycleClient): Promise<Check> {
  const { identities, lastSeenAt } = await client.centralPollers();
  return identities.length === 0
    ? missing(
        'central worker',
        'none has asked for work in the last minutes, so no cycle moves',
        'Start one: patchcycle worker',
      )
    : ok('central worker', `${identities.join(', ')}; last seen ${lastSeenAt}`);
}

async function agent(client: PatchcycleClient, host: string): Promise<Check> {
  const { taskQueue, identities, lastSeenAt } = await client.agentPollers(host);
  return identities.length === 0
    ? missing(
        `agent of ${host}`,
        `nobody has asked for work of ${taskQueue} in the last minutes`,
        `On ${host}: systemctl status patchcycle-agent; patchcycle doctor --agent`,
      )
    : ok(`agent of ${host}`, `${identities.join(', ')}; last seen ${lastSeenAt}`);
}
