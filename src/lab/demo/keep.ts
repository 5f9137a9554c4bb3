import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Look } from '../../cli/paint.ts';
import type { Site } from '../site.ts';
import type { Role } from './role.ts';

/** Leaves everything running, tells what to try, and returns when it is stopped. */
export async function keepPlaying(
  site: Site,
  roles: readonly Role[],
  directory: string,
  look: Look,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const inventory = join(directory, 'patchcycle.yaml');
  await writeFile(inventory, inventoryOf(roles));
  const { address, uiUrl } = site.server;
  const commands = [
    `export TEMPORAL_ADDRESS=${address} PATCHCYCLE_UI_URL=${uiUrl ?? ''}`,
    'npx patchcycle status',
    `npx patchcycle plan shop-1 --inventory ${inventory}`,
    `npx patchcycle patch db-1 --inventory ${inventory} --detach`,
    'npx patchcycle status db-1 --watch',
    'npx patchcycle report shop-1',
    'npx patchcycle doctor web-1',
  ];
  say(
    [
      '',
      look.paint('bold', 'Everything stays up until Ctrl-C. In another terminal, here:'),
      ...commands.map((command) => look.paint('cyan', `    ${command}`)),
      `Web UI: ${uiUrl ?? 'none'}`,
    ].join('\n'),
  );
  if (!stop.aborted) await once(stop, 'abort');
}

/** The hosts as an operator would write them down; a policy's defaults are left to the schema. */
function inventoryOf(roles: readonly Role[]): string {
  const policies = roles.map(({ policy: { name, ...policy } }) => [name, policy]);
  const hosts = roles.map(({ options, policy, groups }) => [
    options.name,
    { policy: policy.name, groups },
  ]);
  return stringify({
    policies: Object.fromEntries(policies) as object,
    hosts: Object.fromEntries(hosts) as object,
  });
}
