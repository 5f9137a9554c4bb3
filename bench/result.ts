/** One line of the benchmark's table: what was measured, against what, and what it must reach. */
export type BenchResult = {
  what: string;
  measured: number;
  unit: string;
  /** The most that `measured` may be. */
  limit: number;
  /** How it was measured, with the raw figures. */
  detail: string;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('There is no median of nothing');
  return middle;
}
