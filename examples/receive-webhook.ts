/*
 * Receives patchcycle's webhook, and believes only what is signed:
 *
 *   PATCHCYCLE_WEBHOOK_KEY=... node examples/receive-webhook.ts 8099
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

/** What is older was recorded by somebody and is sent again. */
const AGE_MAX_S = 300;

/** Whether the holder of the key has signed this body lately. `header` is `patchcycle-signature`. Without a key nobody has. */
export function isSigned(body: string, header: string, key: string, nowMs = Date.now()): boolean {
  if (key === '') return false;
  const [, seconds = '', signature = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (Math.abs(nowMs / 1_000 - Number(seconds)) > AGE_MAX_S) return false;
  const expected = createHmac('sha256', key).update(`${seconds}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(signature.padEnd(64, '0'), 'hex'));
}

function receive(port: number, key: string): void {
  const known = new Set<string>();
  createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const id = String(request.headers['idempotency-key']);
      const good = isSigned(body, String(request.headers['patchcycle-signature']), key);
      if (good && !known.has(id)) console.log((JSON.parse(body) as { subject: string }).subject);
      if (good) known.add(id);
      response.writeHead(good ? 204 : 401).end();
    });
  }).listen(port);
}

if (import.meta.main) receive(Number(process.argv[2]), process.env['PATCHCYCLE_WEBHOOK_KEY'] ?? '');
