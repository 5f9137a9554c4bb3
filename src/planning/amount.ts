import type { Amount } from '../domain/amount.ts';

/** The hosts that a share means: whole ones, rounded as asked for, and never none. */
export function countOf(amount: Amount, total: number, round: 'up' | 'down'): number {
  if (typeof amount === 'number') return amount;
  const share = (total * Number.parseInt(amount, 10)) / 100;
  return Math.max(1, round === 'up' ? Math.ceil(share) : Math.floor(share));
}
