/** One thing that doctor looked at. */
export type Check = {
  name: string;
  result: 'ok' | 'warning' | 'missing';
  detail: string;
  /** The command or the sentence that mends it; null when there is nothing to mend. */
  mend: string | null;
};

export function ok(name: string, detail: string): Check {
  return { name, result: 'ok', detail, mend: null };
}

export function missing(name: string, detail: string, mend: string): Check {
  return { name, result: 'missing', detail, mend };
}

export function warning(name: string, detail: string, mend: string): Check {
  return { name, result: 'warning', detail, mend };
}
