import { compareVersions } from './compare-versions.ts';

/** What one entry of a Debian changelog says that matters here. */
export type ChangelogEntry = {
  version: string;
  /** Only where it is grave: Debian and Ubuntu say `medium` of most security updates, whatever they are. */
  severity: 'critical' | 'high' | null;
  cves: string[];
  notices: string[];
};

/** `openssl (3.0.22-1~deb12u2) bookworm-security; urgency=medium`, see deb-changelog(5). */
const HEADING = /^\S+ \(([^\s()]+)\) [^;]+;(?:.*\burgency=(\w+))?/i;
const CVE = /\bCVE-\d{4}-\d{4,7}\b/g;
/** Debian's and Ubuntu's notices. */
const NOTICE = /\b(?:DSA-\d{1,5}-\d{1,2}|DLA-\d{1,5}-\d{1,2}|USN-\d{1,5}-\d{1,2})\b/g;

/** The entries of a changelog, newest first as they stand in it. */
export function parseChangelog(text: string): ChangelogEntry[] {
  const entries: ChangelogEntry[] = [];
  for (const line of text.split('\n')) {
    const [, version, urgency = ''] = HEADING.exec(line) ?? [];
    if (version !== undefined) {
      entries.push({ version, severity: severityOf(urgency), cves: [], notices: [] });
    }
    const entry = entries.at(-1);
    entry?.cves.push(...(line.match(CVE) ?? []));
    entry?.notices.push(...(line.match(NOTICE) ?? []));
  }
  return entries;
}

function severityOf(urgency: string): ChangelogEntry['severity'] {
  const word = urgency.toLowerCase();
  if (word === 'emergency' || word === 'critical') return 'critical';
  return word === 'high' ? 'high' : null;
}

/** What was fixed after one version, up to another one; each CVE once, sorted. */
export function fixedBetween(
  entries: readonly ChangelogEntry[],
  after: string,
  upTo: string,
): { cves: string[]; notice: string | null; severity: ChangelogEntry['severity'] } {
  const newer = entries.filter(
    ({ version }) => compareVersions(version, after) > 0 && compareVersions(version, upTo) <= 0,
  );
  const cves = [...new Set(newer.flatMap((entry) => entry.cves))];
  return {
    cves: cves.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true })),
    notice: newer.flatMap(({ notices }) => notices)[0] ?? null,
    severity:
      (['critical', 'high'] as const).find((grave) =>
        newer.some(({ severity }) => severity === grave),
      ) ?? null,
  };
}
