import { once } from 'node:events';
import { stringify } from 'yaml';
import type { Context } from '../../cli/kit.ts';
import type { Site } from '../site.ts';
import type { Role } from './role.ts';

/** Leaves everything running, tells what to try and where the reports are, and returns when it is stopped. */
export async function keepPlaying(
  site: Site,
  { commands, reports }: { commands: readonly string[]; reports: string },
  { errLook, say }: Pick<Context, 'errLook' | 'say'>,
  stop: AbortSignal,
): Promise<void> {
  const { address, uiUrl } = site.server;
  const lines = [
    `export TEMPORAL_ADDRESS=${address} PATCHCYCLE_UI_URL=${uiUrl ?? ''}`,
    `export PATCHCYCLE_REPORTS=${reports}`,
    'npx patchcycle status',
    ...commands,
  ];
  say(
    [
      '',
      errLook.paint('bold', 'Everything stays up until Ctrl-C. In another terminal, here:'),
      ...lines.map((line) => errLook.paint('cyan', `    ${line}`)),
      `Web UI: ${uiUrl ?? 'none'}`,
    ].join('\n'),
  );
  if (!stop.aborted) await once(stop, 'abort');
}

/** The hosts as an operator would write them down; a policy's defaults are left to the schema. */
export function inventoryOf(roles: readonly Role[]): string {
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
