import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { probeHttp } from '../../src/health/http-probe.ts';
import { probe } from '../../src/health/probes.ts';
import { probeTcp } from '../../src/health/tcp-probe.ts';

const servers: { close(): unknown }[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(
  answer: Parameters<typeof createServer>[1],
): Promise<{ url: string; server: Server }> {
  const server = createServer(answer as never);
  servers.push({ close: () => (server.closeAllConnections(), server.close()) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`, server };
}

/** A port on which nothing listens: one that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const within = '2s';

describe('an HTTP probe', () => {
  it('asks five times and gives the middle time', async () => {
    let asked = 0;
    const { url } = await serve((_, response) => {
      asked++;
      response.end('ok');
    });
    const result = await probeHttp({ url, status: 200, within });
    expect(result).toMatchObject({ probe: `http ${url}`, ok: true, detail: 'answers' });
    expect(result.medianMs).toBeGreaterThan(0);
    expect(asked).toBe(5);
  });

  it('fails on another status, and stops when that is clear', async () => {
    let asked = 0;
    const { url } = await serve((_, response) => {
      asked++;
      response.writeHead(503).end();
    });
    expect(await probeHttp({ url, status: 200, within })).toEqual({
      probe: `http ${url}`,
      ok: false,
      detail: 'answers with status 503 instead of 200',
      medianMs: null,
    });
    expect(asked).toBe(2);
  });

  it('does not follow a redirect', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(302, { location: '/login' }).end(),
    );
    expect(await probeHttp({ url, status: 200, within })).toMatchObject({ ok: false });
    expect(await probeHttp({ url, status: 302, within })).toMatchObject({ ok: true });
  });

  it('forgives one of five', async () => {
    let asked = 0;
    const { url } = await serve((_, response) =>
      response.writeHead(++asked === 3 ? 500 : 200).end(),
    );
    expect(await probeHttp({ url, status: 200, within })).toMatchObject({
      ok: true,
      detail: 'answers, except once: answers with status 500 instead of 200',
    });
  });

  it('fails when the answer takes longer than its limit, also in the middle of the body', async () => {
    const { url: silent } = await serve(() => undefined);
    expect(await probeHttp({ url: silent, status: 200, within: '50ms' })).toMatchObject({
      ok: false,
      detail: 'did not answer within 50 ms',
    });
    const { url: halting } = await serve((_, response) =>
      response.writeHead(200, { 'content-length': 10 }).write('half'),
    );
    expect(await probeHttp({ url: halting, status: 200, within: '50ms' })).toMatchObject({
      ok: false,
      detail: 'did not answer within 50 ms',
    });
  });

  it('fails when nothing listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    expect(await probeHttp({ url, status: 200, within })).toMatchObject({
      ok: false,
      detail: 'refuses connections: nothing listens there',
    });
  });

  it('reads no more than a megabyte of an endless body', async () => {
    let sent = 0;
    const { url } = await serve((_, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    expect(await probeHttp({ url, status: 200, within: '10s' })).toMatchObject({ ok: true });
    expect(sent).toBeLessThan(100 * 1024 * 1024);
  });

  it('shows no password of its URL', async () => {
    const url = `http://ann:hunter2@127.0.0.1:${await closedPort()}/`;
    expect(JSON.stringify(await probeHttp({ url, status: 200, within }))).not.toContain('hunter2');
  });
});

describe('a TCP probe', () => {
  it('connects and sends nothing', async () => {
    let received = 0;
    const server = createTcpServer((socket) =>
      socket.on('data', (data) => (received += data.length)),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await probeTcp({ host: '127.0.0.1', port, within })).toMatchObject({
      probe: `tcp 127.0.0.1:${port}`,
      ok: true,
    });
    expect(received).toBe(0);
  });

  it('fails when nothing listens', async () => {
    const port = await closedPort();
    expect(await probeTcp({ host: '127.0.0.1', port, within })).toMatchObject({
      ok: false,
      detail: 'refuses connections: nothing listens there',
      medianMs: null,
    });
  });
});

describe('the middle of the times', () => {
  it('is not moved by one slow answer', async () => {
    const times = [1, 900, 2, 3, 2];
    expect(
      await probe('x', () => Promise.resolve({ ok: true, ms: times.shift() ?? 0 })),
    ).toMatchObject({ medianMs: 2 });
  });
});
