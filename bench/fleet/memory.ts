import { readFile } from 'node:fs/promises';

/** What a process holds in memory now, by the kernel's own count. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`The process ${pid} has no resident memory`);
  return Number(kilobytes) * 1_024;
}
