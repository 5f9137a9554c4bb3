import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Requests kept for a test to look at; older ones are forgotten. */
const REQUESTS_KEPT = 1000;

export type Answer = Buffer | 'not-found' | 'never';

/** Serves what `answer` gives for a path, on loopback, at a port that stays the same over pauses. */
export class RepositoryServer {
  /** The paths asked for, the newest last. */
  readonly requests: string[] = [];
  readonly #answer: (path: string) => Answer;
  #server: Server | null = null;
  #port = 0;

  constructor(answer: (path: string) => Answer) {
    this.#answer = answer;
  }

  get port(): number {
    return this.#port;
  }

  /** Begins to listen; harmless when it does already. */
  async open(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((request, response) => {
      const path = decodeURIComponent((request.url ?? '/').slice(1));
      this.requests.push(path);
      if (this.requests.length > REQUESTS_KEPT) this.requests.shift();
      const answer = this.#answer(path);
      if (answer === 'never') return;
      if (answer === 'not-found') response.writeHead(404).end();
      else response.writeHead(200, { 'content-length': answer.length }).end(answer);
    });
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on and breaks those that are open; harmless when closed. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
}
