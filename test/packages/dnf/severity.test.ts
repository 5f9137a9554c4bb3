import { describe, expect, it } from '@jest/globals';
import { gravest } from '../../../src/packages/dnf/severity.ts';

describe('the severity of an update', () => {
  it.each([
    [['Low', 'Important', 'Moderate'], 'high'],
    [['Critical', 'Important'], 'critical'],
    [['Moderate'], 'medium'],
    [['low', 'None'], 'low'],
    [['None', '', 'constructor'], undefined],
    [[], undefined],
  ])('is the gravest that its advisories say: %j is %s', (words, severity) => {
    expect(gravest(words)).toBe(severity);
  });
});
