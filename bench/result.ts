/** One line of the benchmark's table: what was measured, against what, and what it must reach. */
export type BenchResult = {
  what: string;
  measured: number;
  unit: string;
  /** The most that `measured` may be; where it is a rate, the least. */
  limit: number;
  isRate?: boolean;
  /** How it was measured, with the raw figures. */
  detail: string;
};

export function isReached({ measured, limit, isRate = false }: BenchResult): boolean {
  return isRate ? measured >= limit : measured <= limit;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('There is no median of nothing');
  return middle;
}
