import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ListenOptions } from 'node:net';
import { hasBegun, holdName } from './hold-name.ts';

/** Below it lie the well-known ports and most of the registered ones that people really use. */
const LOWEST = 20_000;
/** Where the kernel's own range begins when it does not say (its default, ip(7)). */
const DEFAULT_OUTGOING_FROM = 32_768;
/** With fewer ports than this below the kernel's range, its range has to be used too. */
const ENOUGH = 100;
const HIGHEST = 65_535;
const ATTEMPTS_MAX = 1_000;

/**
 * A TCP port of loopback that nobody listens on, reserved until this process ends: no other
 * process is answered the same one, and no outgoing connection gets it, also while whoever
 * listens on it is being restarted. Throws when a thousand ports in a row are taken.
 */
export async function freePort(): Promise<number> {
  const outgoingFrom = await outgoingPortsFrom();
  const end = outgoingFrom - LOWEST >= ENOUGH ? outgoingFrom : HIGHEST + 1;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = randomInt(LOWEST, end);
    if ((await holdName(`port-${port}`)) === null) continue;
    if (await canListen({ port, host: '127.0.0.1' })) return port;
  }
  throw new Error(`No port of 127.0.0.1 from ${LOWEST} to ${end - 1} is free.`);
}

/** Throws when somebody listens on this port already. */
export async function requireFree(port: number, ip = '127.0.0.1'): Promise<void> {
  const server = createServer().listen(port, ip);
  try {
    await once(server, 'listening');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The port ${port} of ${ip} cannot be had: ${why}.`, { cause: error });
  }
  server.close();
  await once(server, 'close');
}

/** The kernel gives outgoing connections their ports from here on; the default where /proc does not tell. */
async function outgoingPortsFrom(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  return Number(/^\d+/.exec(range)?.[0] ?? DEFAULT_OUTGOING_FROM);
}

async function canListen(where: ListenOptions): Promise<boolean> {
  const server = createServer().listen(where);
  if (!(await hasBegun(server))) return false;
  server.close();
  await once(server, 'close');
  return true;
}
