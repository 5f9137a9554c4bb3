import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/client/index.ts';
import { openCycleBench, type CycleBench } from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { modelHost } from '../workflows/support/model-host.ts';

const at = (path: string) => new URL(`../../${path}`, import.meta.url).pathname;

/** A program of the project as a process of its own, as a person or a script starts it. */
class Running {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #closed: Promise<[number | null]>;

  constructor(argv: readonly string[], env: Record<string, string> = {}) {
    this.child = spawn(process.execPath, argv, { env: { ...process.env, ...env } });
    this.child.stdout?.on('data', (text) => (this.stdout += String(text)));
    this.child.stderr?.on('data', (text) => (this.stderr += String(text)));
    this.#closed = once(this.child, 'close') as Promise<[number | null]>;
  }

  async exitCode(): Promise<number | null> {
    return (await this.#closed)[0];
  }

  /** Waits until it has said this; throws what it said instead when it ends before. */
  async says(pattern: RegExp): Promise<void> {
    const ended = this.#closed.then(() => {
      throw new Error(`It ended without saying ${pattern}:\n${this.stdout}\n${this.stderr}`);
    });
    ended.catch(() => undefined);
    while (!pattern.test(this.stdout + this.stderr)) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), ended]);
    }
  }
}

const cli = (...argv: string[]) => new Running([at('src/cli/main.ts'), ...argv]);

describe('the standard input', () => {
  it('may be a socket, as it is for what another program starts', async () => {
    const importing = cli('inventory', 'import', 'ansible', '-');
    importing.child.stdin?.end('{"_meta": {"hostvars": {}}, "all": {"hosts": ["web-1"]}}');
    expect(await importing.exitCode()).toBe(0);
    expect(importing.stdout).toMatch(/^ +web-1: \{ policy: ordinary \}$/m);
  });
});

describe('the process patchcycle', () => {
  let bench: CycleBench;
  let directory: string;
  let inventory: string;
  beforeAll(async () => {
    bench = await openCycleBench(await devServerEnvironment());
    directory = await mkdtemp(join(tmpdir(), 'patchcycle-process-'));
    inventory = join(directory, 'patchcycle.yaml');
    await writeFile(
      inventory,
      `policies:
  asks: { scope: all, approval: { required: true } }
  ordinary: { scope: all, approval: { required: false }, logs: { soak: 1s } }
hosts:
  process-1: { policy: asks }
  process-2: { policy: ordinary }
  process-3: { policy: ordinary, groups: [example] }
`,
    );
  });
  afterAll(async () => {
    await bench.stop();
    await rm(directory, { recursive: true });
  });

  it('ends with 130 on Ctrl-C, says that the cycle goes on, and leaves it alone', () =>
    bench.withAgent('process-1', modelHost(), async () => {
      const running = cli(
        'patch',
        'process-1',
        '--inventory',
        inventory,
        '--address',
        bench.env.address,
      );
      await running.says(/waits for a person/);
      running.child.kill('SIGINT');
      expect(await running.exitCode()).toBe(130);
      expect(running.stderr).toMatch(/goes on/);
      expect(running.stdout).toBe('');
      const handle = bench.env.client.workflow.getHandle('patch/process-1');
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await handle.terminate('the test is over');
    }));

  it('is not disturbed by a reader that has read enough', async () => {
    const running = cli('--help');
    running.child.stdout?.destroy();
    expect(await running.exitCode()).toBe(0);
    expect(running.stderr).toBe('');
  });

  it('ends with 1 and one sentence when its answer cannot be written', async () => {
    const full = await open('/dev/full', 'w');
    try {
      const child = spawn(process.execPath, [at('src/cli/main.ts'), '--help'], {
        stdio: ['ignore', full.fd, 'pipe'],
      });
      let said = '';
      child.stderr?.on('data', (text) => (said += String(text)));
      expect((await once(child, 'close'))[0]).toBe(1);
      expect(said).toMatch(/^The answer could not be written: ENOSPC.*\.\n$/);
    } finally {
      await full.close();
    }
  });

  it('runs the example that platform teams copy, to a patched host and exit code 0', () =>
    bench.withAgent('process-2', modelHost(), async () => {
      const example = new Running([at('examples/patch-host.ts'), 'process-2', inventory], {
        TEMPORAL_ADDRESS: bench.env.address,
      });
      expect({ exitCode: await example.exitCode(), stderr: example.stderr }).toMatchObject({
        exitCode: 0,
      });
      expect(example.stdout).toMatch(/^process-2 patched: /);
    }));

  it('runs the example of a rollout, to its end and exit code 0', () =>
    bench.withAgent('process-3', modelHost(), async () => {
      const example = new Running([at('examples/rollout.ts'), 'example', inventory], {
        TEMPORAL_ADDRESS: bench.env.address,
      });
      expect({ exitCode: await example.exitCode(), stderr: example.stderr }).toMatchObject({
        exitCode: 0,
      });
      expect(example.stdout).toBe('example-weekly finished; did not come through: none\n');
    }));

  it('runs the example to exit code 1 and the mend when its input is wrong', async () => {
    const example = new Running([at('examples/patch-host.ts'), 'process-9', inventory], {
      TEMPORAL_ADDRESS: bench.env.address,
    });
    expect(await example.exitCode()).toBe(1);
    expect(example.stderr).toMatch(/"process-9" is not in the configuration.*\n.*Add it/);
  });
});

describe('patchcycle server', () => {
  let directory: string;
  beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'patchcycle-server-'))));
  afterAll(() => rm(directory, { recursive: true }));

  it('answers one document, serves with every search attribute, and stops on SIGTERM with 0', async () => {
    const port = await freePort();
    const database = join(directory, 'temporal.db');
    const running = cli(
      ...['server', '--json', '--no-ui', '--port', String(port), '--database', database],
    );
    await running.says(/\}\n$/);
    const { address, databaseFile } = JSON.parse(running.stdout) as Record<string, string>;
    expect({ address, databaseFile }).toEqual({
      address: `127.0.0.1:${port}`,
      databaseFile: database,
    });
    const client = await connect({ address: String(address) });
    expect(await client.missingSearchAttributes()).toEqual([]);
    await client.close();
    running.child.kill('SIGTERM');
    expect(await running.exitCode()).toBe(0);
    expect((await stat(database)).size).toBeGreaterThan(0);
    await expect(connect({ address: `127.0.0.1:${port}`, timeoutMs: 300 })).rejects.toThrow(
      /cannot be reached/,
    );
  });
});
