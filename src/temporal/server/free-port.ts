import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * A TCP port of loopback that nobody listens on. It is free the moment this is answered and not
 * reserved: the system hands out others first, so it stays free long enough to be taken.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
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
