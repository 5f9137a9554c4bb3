/**
 * The Web UI that belongs to a Temporal address, where that can be told: the development server
 * serves it a thousand ports higher (its documented default), Temporal Cloud at one address for
 * everybody. Null for any other server: its operator names it with PATCHCYCLE_UI_URL.
 */
export function webUiFor(address: string): string | null {
  const { hostname, port } = splitAddress(address);
  if (/\.(?:tmprl\.cloud|api\.temporal\.io)$/.test(hostname)) return 'https://cloud.temporal.io';
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) {
    return `http://${hostname}:${port + 1_000}`;
  }
  return null;
}

/** Temporal's frontend listens on 7233 unless told otherwise. */
const DEFAULT_PORT = 7_233;

function splitAddress(address: string): { hostname: string; port: number } {
  const url = URL.parse(`tcp://${address.replace(/^.*:\/\//, '')}`);
  return { hostname: url?.hostname ?? address, port: Number(url?.port) || DEFAULT_PORT };
}
