import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Takes a name that one process of this machine (of this network namespace) has at a time; null
 * when another one has it. An abstract socket is the mark: the kernel takes it away when its
 * process ends, however it ends, so that nothing is ever left to be tidied up. It keeps no process
 * running; closing it gives the name back.
 */
export async function holdName(name: string): Promise<Server | null> {
  const mark = createServer().listen({ path: `\0patchcycle-${name}` });
  mark.unref();
  return (await hasBegun(mark)) ? mark : null;
}

/** Whether a server that was told to listen does; false when somebody else has its address. */
export async function hasBegun(server: Server): Promise<boolean> {
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}
