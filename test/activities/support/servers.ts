import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const TLS = join(import.meta.dirname, '../../fixtures/tls');
/** The authority of the certificate that servers on loopback show. */
export const CA_FILE = join(TLS, 'loopback.crt');

export type Received = { path: string; headers: IncomingHttpHeaders; body: string };

export type TestServer = { port: number; close(): Promise<void> };

/** An HTTP server on loopback that keeps what it gets; `answer` comes when the request is whole. */
export async function httpServer(
  answer: RequestListener,
): Promise<TestServer & { url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ path: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type ReceivedMail = { from: string; to: string[]; secure: boolean; text: string };

/** A real SMTP server on loopback that takes one login and keeps what it gets. */
export async function smtpServer(
  password: string,
  options: SMTPServerOptions = {},
): Promise<TestServer & { mails: ReceivedMail[] }> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    key: await readFile(join(TLS, 'loopback.key')),
    cert: await readFile(CA_FILE),
    onAuth(auth, _session, callback) {
      if (auth.password === password) callback(null, { user: auth.username });
      // Some servers repeat what they were told.
      else callback(new Error(`the password ${auth.password} is wrong`));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          text: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => {}); // A client that does not believe the certificate hangs up.
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
