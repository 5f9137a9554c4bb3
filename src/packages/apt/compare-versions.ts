/**
 * Compares two Debian versions as Debian policy 5.6.12 orders them: negative when `a` is older,
 * 0 when they are equal, positive when `a` is newer. Own code, because `dpkg --compare-versions`
 * is one process for each pair and changelogs have thousands of versions.
 */
export function compareVersions(a: string, b: string): number {
  const left = split(a);
  const right = split(b);
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

/** The newest of these versions, or undefined of none. */
export function newestVersion(versions: Iterable<string>): string | undefined {
  let newest: string | undefined;
  for (const version of versions) {
    if (newest === undefined || compareVersions(version, newest) > 0) newest = version;
  }
  return newest;
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: colon === -1 ? 0 : Number(version.slice(0, colon)),
    upstream: hyphen === -1 ? rest : rest.slice(0, hyphen),
    // No revision is the same as the revision 0.
    revision: hyphen === -1 ? '0' : rest.slice(hyphen + 1),
  };
}

/** Alternately compares the longest part without digits and the longest part of digits. */
function compareParts(a: string, b: string): number {
  let left = a;
  let right = b;
  while (left !== '' || right !== '') {
    const [leftWord = ''] = /^\D*/.exec(left) ?? [];
    const [rightWord = ''] = /^\D*/.exec(right) ?? [];
    const byWord = compareWords(leftWord, rightWord);
    if (byWord !== 0) return byWord;
    left = left.slice(leftWord.length);
    right = right.slice(rightWord.length);
    const [leftDigits = ''] = /^\d*/.exec(left) ?? [];
    const [rightDigits = ''] = /^\d*/.exec(right) ?? [];
    const byNumber = compareNumbers(leftDigits, rightDigits);
    if (byNumber !== 0) return byNumber;
    left = left.slice(leftDigits.length);
    right = right.slice(rightDigits.length);
  }
  return 0;
}

/** Numbers by their digits: dates and commit numbers in versions are longer than a double is exact. */
function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}

function compareWords(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = rank(a[index]) - rank(b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The tilde sorts before the end, the end before letters, letters before everything else. */
function rank(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
