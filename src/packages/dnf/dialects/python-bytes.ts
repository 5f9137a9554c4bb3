const ESCAPES: Readonly<Record<string, number>> = {
  t: 0x09,
  n: 0x0a,
  r: 0x0d,
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
};

const SHA256_LENGTH = 32;

/**
 * A hash as python shows it: `(2, b'IR\x0e*\xa1')`, a kind and bytes, of which the printable ones
 * stand for themselves. Answers hexadecimal digits, or null when it is no SHA-256.
 */
export function parsePythonBytes(text: string): string | null {
  const [, , inner] = /^\(\d+, b(['"])(.*)\1\)$/.exec(text) ?? [];
  if (inner === undefined) return null;
  const bytes: number[] = [];
  for (const [piece, hex, escaped] of inner.matchAll(/\\x([0-9a-f]{2})|\\(.)|[^\\]/g)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (escaped !== undefined) bytes.push(ESCAPES[escaped] ?? NaN);
    else bytes.push(piece.charCodeAt(0));
  }
  if (bytes.length !== SHA256_LENGTH || bytes.some(Number.isNaN)) return null;
  return Buffer.from(bytes).toString('hex');
}
