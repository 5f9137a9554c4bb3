import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { castHosts } from './cast.ts';
import { inventoryOf } from './keep.ts';
import type { Performed, Performing } from './performance.ts';
import { play } from './play.ts';
import { setUpStage } from './stage.ts';
import { asExpected, summaryRow, summaryText } from './summary.ts';

/** Four hosts, each with a cycle of its own. */
export async function performHosts(performing: Performing): Promise<Performed> {
  const { context, directory, settings, approve, stop } = performing;
  const hostsTitle = 'Four hosts with their agents';
  const { site, cast } = await setUpStage({ ...settings, castHosts, hostsTitle });
  context.say(`Web UI: ${site.server.uiUrl}\n`);
  const ended = await play({ context, client: site.client, roles: cast, approve, stop });
  const rows = ended.map(({ role, report, link }) => summaryRow(role, report, link, directory));
  const inventory = join(directory, 'patchcycle.yaml');
  await writeFile(inventory, inventoryOf(cast));
  const ok = asExpected(rows);
  return {
    site,
    ok,
    text: (look) => summaryText(rows, look),
    document: { ok, hosts: rows },
    toTry: [
      `npx patchcycle plan shop-1 --inventory ${inventory}`,
      `npx patchcycle patch db-1 --inventory ${inventory} --detach`,
      'npx patchcycle status db-1 --watch',
      'npx patchcycle report shop-1',
      'npx patchcycle doctor web-1',
    ],
  };
}
