/*
 * Receives patchcycle's webhook, and believes only what is signed:
 *
 *   PATCHCYCLE_WEBHOOK_KEY=... node examples/receive-webhook.ts 8099
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';

/** What is older was recorded by somebody and is sent again. */
const AGE_MAX_S = 300;

/** Nobody who does not know the key fills the memory. */
const BODY_BYTES_MAX = 1_000_000;

/** Whether the holder of the key has signed this body lately. `header` is `patchcycle-signature`. Without a key nobody has. */
export function isSigned(body: string, header: string, key: string, nowMs = Date.now()): boolean {
  if (key === '') return false;
  const [, seconds = '', signature = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (Math.abs(nowMs / 1_000 - Number(seconds)) > AGE_MAX_S) return false;
  const expected = createHmac('sha256', key).update(`${seconds}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(signature.padEnd(64, '0'), 'hex'));
}

/** Tells each message once. Its `id` counts and not the header `idempotency-key`, which is the same but is not signed. */
export function receiver(key: string, tell: (subject: string) => void): RequestListener {
  const known = new Set<string>();
  return (request, response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
    });
    request.on('end', () => {
      if (bytes > BODY_BYTES_MAX) return void response.writeHead(413).end();
      const body = Buffer.concat(chunks).toString();
      const good = isSigned(body, String(request.headers['patchcycle-signature']), key);
      response.writeHead(good ? 204 : 401).end();
      if (!good) return;
      const { id, subject } = JSON.parse(body) as { id: string; subject: string };
      if (!known.has(id)) tell(subject);
      known.add(id);
    });
  };
}

if (import.meta.main) {
  const port = Number(process.argv[2] ?? 8099);
  createServer(receiver(process.env['PATCHCYCLE_WEBHOOK_KEY'] ?? '', console.log)).listen(port);
}
