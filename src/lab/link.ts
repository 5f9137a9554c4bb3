import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * A stretch of network between a lab host and a server of this machine, such as Temporal, which can
 * be cut: while it is, nothing gets through in either direction, nobody is told, and connections
 * stay as they are, just as with a network partition.
 */
export type Link = {
  /** Hosts connect to this port on loopback instead of the server's. */
  readonly port: number;
  partition(): void;
  heal(): void;
  /** Ends all connections; may be called again. */
  close(): Promise<void>;
};

/** Connections kept at once; an agent has two or three. */
const CONNECTIONS_MAX = 1_000;

/** Makes a link to `targetPort` on loopback. */
export async function createLink(targetPort: number): Promise<Link> {
  const sockets = new Set<Socket>();
  /** Clients whose connection is not made yet, and sockets whose other side has gone: both wait for the heal. */
  const waiting = new Set<Socket>();
  const toEnd = new Set<Socket>();
  let isCut = false;

  const carry = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    // An error is followed by `close`, which is what the other side gets to see of it.
    from.on('error', () => from.destroy());
    from.on('close', () => {
      sockets.delete(from);
      if (isCut) toEnd.add(to);
      else to.end();
    });
  };
  const forward = (client: Socket) => {
    const server = connect(targetPort, '127.0.0.1');
    carry(client, server);
    carry(server, client);
    client.resume();
  };

  const listener = createServer({ pauseOnConnect: true }, (client) => {
    if (isCut) waiting.add(client);
    else forward(client);
  });
  listener.maxConnections = CONNECTIONS_MAX;
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  return {
    port: (listener.address() as AddressInfo).port,
    partition() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    heal() {
      isCut = false;
      for (const socket of sockets) socket.resume();
      for (const socket of toEnd) socket.end();
      for (const client of waiting) forward(client);
      toEnd.clear();
      waiting.clear();
    },
    async close() {
      for (const socket of [...sockets, ...waiting]) socket.destroy();
      if (!listener.listening) return;
      listener.close();
      await once(listener, 'close');
    },
  };
}
