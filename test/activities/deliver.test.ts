import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { deliver } from '../../activities/control/deliver.ts';
import { post } from '../../activities/control/channels/post.ts';
import { CentralConfig } from '../../src/domain/central-config.ts';
import { isSigned, receiver } from '../../examples/receive-webhook.ts';
import { alikeNotices, bulletinOf } from './support/bulletin.ts';
import { CA_FILE, httpServer, smtpServer, type TestServer } from './support/servers.ts';

const KEY = 'the-key-of-the-signature';
const bulletin = bulletinOf(alikeNotices(['web-1']));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-test-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function opened<T extends TestServer>(server: Promise<T>): Promise<T> {
  const open = await server;
  servers.push(open);
  return open;
}

const answering = (
  status: number,
  headers: Record<string, string> = {},
  body = '',
): RequestListener => {
  return (_, response) => response.writeHead(status, headers).end(body);
};

async function secretFile(secret: string): Promise<{ file: string }> {
  const file = join(directory, 'secret');
  await writeFile(file, `${secret}\n`);
  return { file };
}

const send = (channel: unknown) => {
  const { notifications } = CentralConfig.parse({ notifications: { channels: { ops: channel } } });
  return deliver(notifications.channels, { channel: 'ops', bulletin }, () => 'https://ui/run');
};

const webhook = async (url: string) => ({ type: 'webhook', url, secret: await secretFile(KEY) });

async function failureOf(work: Promise<unknown>): Promise<ApplicationFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ApplicationFailure) return error;
    throw error;
  }
  throw new Error('It did not fail');
}

describe('a webhook', () => {
  it('gets the message as JSON, with a signature over time and body and the key of the message', async () => {
    const { url, received } = await opened(httpServer(answering(204)));
    await send(await webhook(url));
    const [request] = received;
    if (request === undefined) throw new Error('Nothing came');
    const { headers, body } = request;
    expect(JSON.parse(body)).toMatchObject({
      format: 1,
      subject: 'web-1 waits for approval',
      notices: [{ link: 'https://ui/run' }],
    });
    expect(headers['idempotency-key']).toBe(bulletin.id);
    const signature = String(headers['patchcycle-signature']);
    expect(isSigned(body, signature, KEY)).toBe(true);
    expect(isSigned(`${body} `, signature, KEY)).toBe(false);
    expect(isSigned(body, signature, 'another key')).toBe(false);
    expect(isSigned(body, signature, KEY, Date.now() + 3_600_000)).toBe(false);
    const seconds = Math.floor(Date.now() / 1_000);
    const byNobody = createHmac('sha256', '').update(`${seconds}.${body}`).digest('hex');
    expect(isSigned(body, `t=${seconds},v1=${byNobody}`, '')).toBe(false);
  });

  it('gets the same body under the same key when it is sent again', async () => {
    const { url, received } = await opened(httpServer(answering(503)));
    await failureOf(send(await webhook(url)));
    await failureOf(send(await webhook(url)));
    const [first, second] = received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
  });

  it('is told once by the example of a receiver, whatever key stands beside what is signed', async () => {
    const sender = await opened(httpServer(answering(204)));
    await send(await webhook(sender.url));
    const [request] = sender.received;
    if (request === undefined) throw new Error('Nothing came');
    const told: string[] = [];
    const server = createServer(receiver(KEY, (subject) => told.push(subject)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    servers.push({ port, close: () => new Promise((resolve) => server.close(() => resolve())) });
    const signature = String(request.headers['patchcycle-signature']);
    const post = async (body: string, headers: Record<string, string>) =>
      (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body, headers })).status;
    const signed = { 'patchcycle-signature': signature, connection: 'close' };
    expect(await post(request.body, { ...signed, 'idempotency-key': bulletin.id })).toBe(204);
    expect(await post(request.body, { ...signed, 'idempotency-key': 'another' })).toBe(204);
    expect(await post(`${request.body} `, signed)).toBe(401);
    expect(await post('x'.repeat(2_000_000), signed)).toBe(413);
    expect(told).toEqual(['web-1 waits for approval']);
  });

  it.each([500, 503, 429, 408])('is tried again after the status %s', async (status) => {
    const { url } = await opened(httpServer(answering(status)));
    expect(await failureOf(send(await webhook(url)))).toMatchObject({
      type: 'ChannelFailed',
      nonRetryable: false,
    });
  });

  it.each([400, 401, 404, 410])('is not tried again after the status %s', async (status) => {
    const { url } = await opened(httpServer(answering(status)));
    expect((await failureOf(send(await webhook(url)))).nonRetryable).toBe(true);
  });

  it('is left alone as long as it asks for, within a bound', async () => {
    const soon = await opened(httpServer(answering(429, { 'retry-after': '7' })));
    expect((await failureOf(send(await webhook(soon.url)))).nextRetryDelay).toBe(7_000);
    const never = await opened(httpServer(answering(503, { 'retry-after': '999999' })));
    expect((await failureOf(send(await webhook(never.url)))).nextRetryDelay).toBe(300_000);
  });

  it('leads nobody to another host: a redirect is not followed', async () => {
    const other = await opened(httpServer(answering(204)));
    const { url } = await opened(httpServer(answering(307, { location: other.url })));
    const failure = await failureOf(send(await webhook(url)));
    expect(failure).toMatchObject({ nonRetryable: true });
    expect(failure.message).toContain('redirect 307');
    expect(other.received).toEqual([]);
  });

  it('that does not answer is given up after its time', async () => {
    const { url } = await opened(httpServer(() => {}));
    await expect(post(url, '{}', {}, 200)).rejects.toMatchObject({
      message: 'It did not answer within 200 ms.',
      retryable: true,
    });
  });

  it('is given up after its time though it goes on talking, and is read no further than a bound', async () => {
    const drip = await opened(
      httpServer((_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      }),
    );
    await expect(post(drip.url, '{}', {}, 300)).rejects.toMatchObject({ retryable: true });
    const flood = await opened(
      httpServer((_, response) => response.writeHead(200).end('x'.repeat(10_000_000))),
    );
    await expect(post(flood.url, '{}')).resolves.toBeUndefined();
  });

  it('where nothing listens is tried again', async () => {
    const server = await httpServer(answering(204));
    await server.close();
    const failure = await failureOf(send(await webhook(server.url)));
    expect(failure).toMatchObject({ nonRetryable: false });
    expect(failure.message).toContain('ECONNREFUSED');
  });
});

describe('a channel of a chat', () => {
  it('gets a text in which nothing is markup', async () => {
    const { url, received } = await opened(httpServer(answering(200, {}, 'ok')));
    const group = alikeNotices(['web-1']);
    group.notice.lines = ['`<!channel>` & @all'];
    await deliver(
      CentralConfig.parse({
        notifications: { channels: { ops: { type: 'slack', url: await secretFile(url) } } },
      }).notifications.channels,
      { channel: 'ops', bulletin: bulletinOf(group) },
      () => null,
    );
    const { text } = JSON.parse(received[0]?.body ?? '') as { text: string };
    expect(text).toMatch(/^\*web-1 waits for approval\*\n```\n[^`]*\n```$/);
    expect(text).toContain("'&lt;!channel&gt;' &amp; @all");
  });

  it('keeps its address secret, whatever goes wrong', async () => {
    const echo = await opened(
      httpServer((request, response) => response.writeHead(403).end(`no: ${request.url}`)),
    );
    const url = echo.url.replace('/hook', '/services/T0SECRET');
    const failure = await failureOf(send({ type: 'slack', url: await secretFile(url) }));
    expect(JSON.stringify(failure) + failure.message + failure.stack).not.toContain('T0SECRET');
    const wrong = await failureOf(
      send({ type: 'slack', url: await secretFile('http://example.org/T0SECRET') }),
    );
    expect(wrong.message).toContain('no address');
    expect(JSON.stringify(wrong) + wrong.message + wrong.stack).not.toContain('T0SECRET');
  });

  it('whose secret is missing is tried again: it may be put there', async () => {
    const failure = await failureOf(send({ type: 'slack', url: { env: 'PATCHCYCLE_NO_SUCH' } }));
    expect(failure).toMatchObject({ nonRetryable: false });
    expect(failure.message).toContain('no secret in the variable PATCHCYCLE_NO_SUCH');
  });
});

describe('mail', () => {
  const PASSWORD = 'correct horse battery';
  const mail = async (port: number, rest: object = {}, password = PASSWORD) => ({
    type: 'mail',
    server: { host: '127.0.0.1', port, ca: CA_FILE },
    login: { user: 'patchcycle', password: await secretFile(password) },
    from: 'patchcycle@example.org',
    to: ['ops@example.org', 'night@example.org'],
    ...rest,
  });

  it('goes to a real server by STARTTLS, as plain text with the command and the link', async () => {
    const { port, mails } = await opened(smtpServer(PASSWORD));
    await send(await mail(port));
    expect(mails).toMatchObject([
      {
        from: 'patchcycle@example.org',
        to: ['ops@example.org', 'night@example.org'],
        secure: true,
      },
    ]);
    const text = mails[0]?.text.replace(/=\r\n/g, '') ?? '';
    expect(text).toContain('Subject: web-1 waits for approval');
    expect(text).toContain(`Message-ID: <${bulletin.id}@example.org>`);
    expect(text).toContain('patchcycle approve web-1 --digest dddddddddddddddd');
    expect(text).toContain('https://ui/run');
  });

  it('goes by TLS from the first byte where that is configured', async () => {
    const { port, mails } = await opened(smtpServer(PASSWORD, { secure: true }));
    const server = { host: 'localhost', port, tls: 'implicit', ca: CA_FILE };
    await send(await mail(port, { server }));
    expect(mails).toHaveLength(1);
  });

  it('goes without TLS and login to a relay on this machine', async () => {
    const { port, mails } = await opened(
      smtpServer(PASSWORD, { authOptional: true, disabledCommands: ['STARTTLS'] }),
    );
    const server = { host: '127.0.0.1', port, tls: 'none' };
    await send({ ...(await mail(port, { server })), login: undefined });
    expect(mails).toMatchObject([{ secure: false }]);
  });

  it('tells no password to a server without TLS, nor to one whose certificate is not believed', async () => {
    let asked = 0;
    const onAuth = (): void => {
      asked += 1;
    };
    const plain = await opened(smtpServer(PASSWORD, { disabledCommands: ['STARTTLS'], onAuth }));
    await failureOf(send(await mail(plain.port)));
    const stranger = await opened(smtpServer(PASSWORD, { onAuth }));
    const server = { host: '127.0.0.1', port: stranger.port };
    await failureOf(send(await mail(stranger.port, { server })));
    expect(asked).toBe(0);
  });

  it('is not tried again when the login is refused, and the password is told nowhere', async () => {
    const { port } = await opened(smtpServer(PASSWORD));
    const failure = await failureOf(send(await mail(port, {}, 'wrong horse battery')));
    expect(failure).toMatchObject({ type: 'ChannelFailed', nonRetryable: true });
    expect(failure.message).toContain('refused the login with 535');
    expect(JSON.stringify(failure) + failure.message + failure.stack).not.toContain('wrong horse');
  });

  it('is tried again when the server says later', async () => {
    const { port } = await opened(
      smtpServer(PASSWORD, {
        onMailFrom(_address, _session, callback) {
          callback(Object.assign(new Error('busy'), { responseCode: 451 }));
        },
      }),
    );
    const failure = await failureOf(send(await mail(port)));
    expect(failure).toMatchObject({ nonRetryable: false });
    expect(failure.message).toContain('451');
  });

  it('that only some of its recipients got is told, and not sent again', async () => {
    const { port, mails } = await opened(
      smtpServer(PASSWORD, {
        onRcptTo({ address }, _session, callback) {
          callback(address.startsWith('night') ? new Error('no such box') : null);
        },
      }),
    );
    const failure = await failureOf(send(await mail(port)));
    expect(failure).toMatchObject({ nonRetryable: true });
    expect(failure.message).toContain('refused some of the recipients');
    expect(mails[0]?.to).toEqual(['ops@example.org']);
  });
});

describe('a channel that this worker does not have', () => {
  it('is tried again: another worker may have it', async () => {
    const failure = await failureOf(deliver({}, { channel: 'ops', bulletin }, () => null));
    expect(failure).toMatchObject({ type: 'ChannelFailed', nonRetryable: false });
  });
});
