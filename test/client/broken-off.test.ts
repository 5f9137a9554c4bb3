import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { constants, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { TemporalUnreachable } from '../../src/client/errors.ts';
import { exchange } from '../../src/client/exchange.ts';
import { closeSession, type Session } from '../../src/client/session.ts';

let server: Http2Server;
let session: Session;
beforeAll(async () => {
  server = createServer();
  // So a server ends a call whose time is over by its own clock, a moment before the caller's.
  server.on('stream', (stream) => stream.close(constants.NGHTTP2_CANCEL));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = Connection.lazy({ address, interceptors: [] });
  session = {
    ...{ client: new Client({ connection }), connection, address, namespace: 'default' },
    ...{ uiUrl: null, closing: new AbortController(), calls: new Set() },
  };
});
afterAll(async () => {
  await closeSession(session);
  server.close();
});

it('a call that the server broke off, and nobody here stopped, got no answer in time', async () => {
  const asking = exchange(session, 'asking for the known bad versions', () =>
    session.client.workflow.getHandle('known-bad').query('state'),
  );
  await expect(asking).rejects.toBeInstanceOf(TemporalUnreachable);
});
