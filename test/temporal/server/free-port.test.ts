import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { freePort } from '../../../src/temporal/server/free-port.ts';

const MODULE = new URL('../../../src/temporal/server/free-port.ts', import.meta.url).pathname;
const PORTS = 40;
const PROGRAM = `
  const { freePort } = await import(${JSON.stringify(MODULE)});
  const ports = [];
  for (let n = 0; n < ${PORTS}; n++) ports.push(await freePort());
  console.log(ports.join(' '));
  // The reservation lasts as long as the process: until its standard input is closed.
  process.stdin.resume();
`;

it('no port is handed out that an outgoing connection could get', async () => {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  expect(await freePort()).toBeLessThan(Number(range.split('\t')[0]));
});

it('processes that ask at the same time never get the same port', async () => {
  const run = promisify(execFile);
  const started = [1, 2, 3].map(() => {
    const promise = run(process.execPath, ['--input-type=module', '-e', PROGRAM]);
    return { promise, child: promise.child };
  });
  const firstLines = await Promise.all(
    started.map(
      ({ child }) =>
        new Promise<string>((resolve) => child.stdout?.once('data', (d) => resolve(String(d)))),
    ),
  );
  for (const { child } of started) child.stdin?.end();
  await Promise.all(started.map(({ promise }) => promise));
  const ports = firstLines.flatMap((line) => line.trim().split(' '));
  expect(ports).toHaveLength(3 * PORTS);
  expect(new Set(ports).size).toBe(3 * PORTS);
});
