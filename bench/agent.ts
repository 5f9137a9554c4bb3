import { readdir, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onSite } from './lab-site.ts';
import type { BenchResult } from './result.ts';

const MEGABYTE = 1_000_000;
/** An agent that has just started still holds what it needed for that. */
const SETTLE_MS = 20_000;

/** The resident memory of an agent that waits for work, on a lab host, by the kernel's own count. */
export async function agentMemory(): Promise<BenchResult> {
  return onSite(async (site) => {
    const host = await site.startHost({
      name: 'bench-memory',
      unattended: true,
      archives: ['main'],
    });
    await sleep(SETTLE_MS);
    const unit = await host.runOrThrow([
      'systemctl',
      'show',
      '--property=MainPID',
      '--value',
      'patchcycle-agent',
    ]);
    const status = await host.runOrThrow(['cat', `/proc/${unit.trim()}/status`]);
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    return {
      what: 'agent idle, resident memory',
      measured: (kilobytes * 1_024) / MEGABYTE,
      unit: 'MB',
      limit: 100,
      detail: `VmRSS ${kilobytes} kB after ${SETTLE_MS / 1_000} s`,
    };
  });
}

/** What is copied to a host, Node included. */
export async function agentSize(): Promise<BenchResult> {
  const sizeBytes = await treeSize(new URL('../dist/agent', import.meta.url).pathname);
  return {
    what: "agent's installed size, Node included",
    measured: sizeBytes / MEGABYTE,
    unit: 'MB',
    limit: 200,
    detail: `${sizeBytes} bytes in dist/agent`,
  };
}

async function treeSize(path: string): Promise<number> {
  const stats = await lstat(path);
  if (!stats.isDirectory()) return stats.size;
  const names = await readdir(path);
  const sizes = await Promise.all(names.map((name) => treeSize(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
