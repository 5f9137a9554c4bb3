import canonicalize from 'canonicalize';

/**
 * The one JSON text of a document (RFC 8785: sorted keys, no spaces), so that equal documents have
 * equal texts and digests. Throws a plain Error on what JSON cannot hold.
 */
export function canonicalJson(document: unknown): string {
  const text = canonicalize(document);
  if (text === undefined) throw new Error('There is no JSON for this document');
  return text;
}
