/**
 * Compares two versions, `[epoch:]version[-release]`, as rpm orders them: negative when `a` is
 * older, 0 when they are equal, positive when `a` is newer. Own code, because rpm has a command for
 * it only in its newest versions.
 */
export function compareVersions(a: string, b: string): number {
  const left = split(a);
  const right = split(b);
  return (
    left.epoch - right.epoch ||
    compareParts(left.version, right.version) ||
    compareParts(left.release, right.release)
  );
}

/** The newest of these versions, or undefined of none. */
export function newestVersion(versions: Iterable<string>): string | undefined {
  return [...versions].toSorted(compareVersions).at(-1);
}

function split(version: string): { epoch: number; version: string; release: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: colon === -1 ? 0 : Number(version.slice(0, colon)),
    version: hyphen === -1 ? rest : rest.slice(0, hyphen),
    release: hyphen === -1 ? '' : rest.slice(hyphen + 1),
  };
}

/**
 * Compares word by word, a word being digits, or letters, or a tilde, or a caret; all else only
 * separates. See rpmvercmp.c of rpm.
 */
function compareParts(a: string, b: string): number {
  const left = words(a);
  const right = words(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = compareWords(left[index], right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function words(part: string): string[] {
  return part.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];
}

function compareWords(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  const [left, right] = [rank(a), rank(b)];
  if (left !== right) return left - right;
  return isNumber(a) && isNumber(b) ? compareNumbers(a, b) : compareLetters(a ?? '', b ?? '');
}

/** The tilde sorts before the end, the end before the caret, the caret before letters, digits last. */
function rank(word: string | undefined): number {
  if (word === undefined) return 1;
  if (word === '~') return 0;
  if (word === '^') return 2;
  return isNumber(word) ? 4 : 3;
}

function isNumber(word: string | undefined): word is string {
  return word !== undefined && /^\d/.test(word);
}

/** By their digits: dates and commit numbers in versions are longer than a double is exact. */
function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return left.length === right.length ? compareLetters(left, right) : left.length - right.length;
}

function compareLetters(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
