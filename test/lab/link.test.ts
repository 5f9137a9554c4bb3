import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLink, type Link } from '../../src/lab/link.ts';

let heard: string;
let server: Server;
let link: Link;
let clients: Socket[];
let served: Socket[];

beforeEach(async () => {
  heard = '';
  clients = [];
  served = [];
  server = createServer((socket) => {
    served.push(socket);
    socket.on('data', (chunk) => {
      heard += String(chunk);
      socket.write(`echo ${String(chunk)}`);
    });
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await createLink((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await link.close();
  server.close();
});

async function dial(): Promise<Socket> {
  const client = connect(link.port, '127.0.0.1');
  clients.push(client);
  await once(client, 'connect');
  return client;
}

async function answerTo(client: Socket, words: string): Promise<string> {
  client.write(words);
  const [chunk] = (await once(client, 'data')) as [Buffer];
  return String(chunk);
}

describe('A link', () => {
  it('carries both directions', async () => {
    expect(await answerTo(await dial(), 'hello')).toBe('echo hello');
  });

  it('carries nothing while it is partitioned, and everything once it has healed', async () => {
    const client = await dial();
    await answerTo(client, 'before');
    link.partition();
    client.write('during');
    await sleep(100);
    expect(heard).toBe('before');
    const answer = once(client, 'data');
    link.heal();
    expect(String((await answer)[0])).toBe('echo during');
  });

  it('lets a connection that was begun in a partition wait for its end', async () => {
    link.partition();
    const client = await dial();
    client.write('patient');
    await sleep(100);
    expect(heard).toBe('');
    const answer = once(client, 'data');
    link.heal();
    expect(String((await answer)[0])).toBe('echo patient');
  });

  it('shows one side that the other has hung up, after a partition only when it has healed', async () => {
    const client = await dial();
    await answerTo(client, 'hello');
    const closed = once(client, 'close');
    link.partition();
    for (const socket of served) socket.destroy();
    await sleep(100);
    expect(client.readyState).toBe('open');
    link.heal();
    await closed;
    expect(client.readyState).toBe('closed');
  });
});
