import type { PatchcycleClient } from '../client/index.ts';
import type { Context } from './kit.ts';

/** Tells at once what would otherwise show as minutes of silence: nobody is there to do the work. */
export async function warnIfNobodyWorks(
  { say, errLook }: Context,
  client: PatchcycleClient,
  host: string,
): Promise<void> {
  const mark = errLook.paint('yellow', errLook.symbols.warning);
  const [agent, central] = await Promise.all([client.agentPollers(host), client.centralPollers()]);
  if (central.identities.length === 0) {
    say(`${mark} No central worker has asked for work lately. Start one: patchcycle worker`);
  }
  if (agent.identities.length === 0) {
    say(
      `${mark} No agent of ${host} has asked for work lately. On the host: systemctl status patchcycle-agent`,
    );
  }
}
