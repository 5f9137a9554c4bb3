/** Words that differ in more than this share of their letters are different words, not typing errors. */
const DIFFERENCE_MAX = 0.4;

/** A hint such as `; did you mean "policies"?`, or null when nothing known is near. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  let best: { name: string; distance: number } | null = null;
  for (const name of known) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (best === null || distance < best.distance) best = { name, distance };
  }
  if (best === null) return null;
  const longest = Math.max(word.length, best.name.length);
  return best.distance <= Math.max(1, longest * DIFFERENCE_MAX)
    ? `; did you mean "${best.name}"?`
    : null;
}

/** Letters to insert, delete or replace to get from one word to the other (Levenshtein). Both are cut at 64 letters, longer than any key. */
function editDistance(one: string, other: string): number {
  const a = one.slice(0, 64);
  const b = other.slice(0, 64);
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
