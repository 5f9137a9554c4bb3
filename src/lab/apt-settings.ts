import { access } from 'node:fs/promises';
import { runOrThrow } from './run.ts';

/**
 * What of this machine's apt configuration a lab host needs to reach the same mirrors: proxy,
 * certificates, passwords. Nothing else is taken over; above all not the switches by which an image
 * turns the checks of dates and signatures off.
 */

/** `Acquire::http::Proxy "…";`, `Acquire::https::CaInfo "…";` and their like, also for one host. */
const TRANSPORT_SETTING =
  /^Acquire::https?(?:::[^\s"]+)?::(?:Proxy|CaInfo|CaPath|Verify-Peer|Verify-Host|SslCert|SslKey)(?:::[^\s"]+)? "[^"]+";$/i;
/** Settings whose value is a file that the lab host must then have too. */
const FILE_SETTING = /::(?:CaInfo|SslCert|SslKey)(?:::[^\s"]+)? "(\/[^"]+)";$/i;

/** The certificate authorities that this machine's administrator trusts besides the usual ones. */
export const OWN_CERTIFICATES = '/usr/local/share/ca-certificates';

export type AptSettings = {
  /** Lines of apt.conf. */
  lines: string[];
  /** Files and directories of this machine that belong at the same path in a lab host. */
  copies: string[];
};

/** Asks this machine's apt and environment about reaching the archives at `uris`. */
export async function machineAptSettings(uris: readonly string[]): Promise<AptSettings> {
  const lines = transportSettings(await runOrThrow(['apt-config', 'dump']), process.env);
  const wanted = [
    ...filesOf(lines),
    '/etc/apt/auth.conf',
    '/etc/apt/auth.conf.d',
    ...(uris.some((uri) => uri.startsWith('https:')) ? [OWN_CERTIFICATES] : []),
  ];
  const copies: string[] = [];
  for (const path of wanted) {
    if (await exists(path)) copies.push(path);
  }
  return { lines, copies };
}

/** Pure: the lines of `apt-config dump` and the proxy variables that tell how to reach a mirror. */
export function transportSettings(
  dump: string,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const lines = dump.split('\n').filter((line) => TRANSPORT_SETTING.test(line));
  for (const scheme of ['http', 'https']) {
    const proxy = environment[`${scheme}_proxy`];
    const key = `Acquire::${scheme}::Proxy `;
    if (proxy && /^[^\s"]+$/.test(proxy) && !lines.some((line) => line.startsWith(key))) {
      lines.push(`${key}"${proxy}";`);
    }
  }
  // The lab's own repositories are served on loopback, where no proxy can reach them.
  return [...lines, 'Acquire::http::Proxy::127.0.0.1 "DIRECT";'];
}

function filesOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => FILE_SETTING.exec(line)?.[1] ?? []);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
