import type { Readable } from 'node:stream';

export type Collected = { text(): string; truncated(): boolean };

/**
 * Reads a stream to its end and keeps the first `bytesMax` bytes. The rest is read too and thrown
 * away: a program whose output nobody reads would stand still.
 */
export function collect(stream: Readable, bytesMax: number): Collected {
  const chunks: Buffer[] = [];
  let kept = 0;
  let truncated = false;
  stream.on('data', (chunk: Buffer) => {
    const room = bytesMax - kept;
    if (chunk.length > room) truncated = true;
    if (room <= 0) return;
    const part = chunk.subarray(0, room);
    chunks.push(part);
    kept += part.length;
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), truncated: () => truncated };
}
