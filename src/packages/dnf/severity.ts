import type { Severity } from '../../domain/severity.ts';

/** How Red Hat and those who follow it call severities; SUSE has the words of everybody else. */
const WORDS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  important: 'high',
  high: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
};

const GRAVEST_FIRST: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The gravest of what advisories say; undefined where none says anything that is known. */
export function gravest(severities: readonly string[]): Severity | undefined {
  const known = severities.map((word) => WORDS[word.toLowerCase()]);
  return GRAVEST_FIRST.find((severity) => known.includes(severity));
}
