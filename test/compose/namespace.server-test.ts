import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { connect, type PatchcycleClient } from '../../src/client/index.ts';
import {
  findTemporalCli,
  startEmbeddedServer,
  type EmbeddedServer,
} from '../../src/temporal/server/index.ts';

const SCRIPT = new URL('../../packaging/docker/namespace.sh', import.meta.url).pathname;

describe('the namespace job of docker-compose.yml', () => {
  let server: EmbeddedServer;
  let program: string;
  beforeAll(async () => {
    program = await findTemporalCli();
    server = await startEmbeddedServer({
      searchAttributes: {},
      uiPort: null,
      log: () => undefined,
    });
  });
  afterAll(() => server.stop());

  /** Runs the script as the container does, with Temporal's own command line on the PATH. */
  function runScript(namespace: string): string {
    return execFileSync('sh', [SCRIPT], {
      env: {
        PATH: `${dirname(program)}:${process.env['PATH']}`,
        TEMPORAL_ADDRESS: server.address,
        TEMPORAL_NAMESPACE: namespace,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
  }

  async function missing(namespace: string): Promise<string[]> {
    const client: PatchcycleClient = await connect({ address: server.address, namespace });
    try {
      return await client.missingSearchAttributes();
    } finally {
      await client.close();
    }
  }

  it('makes a namespace with every search attribute, and may be run again', async () => {
    expect((await missing('default')).length).toBeGreaterThan(0);
    runScript('default');
    expect(await missing('default')).toEqual([]);
    runScript('default');
    expect(await missing('default')).toEqual([]);
  });
});
