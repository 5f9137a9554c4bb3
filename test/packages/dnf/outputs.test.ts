import { describe, expect, it } from '@jest/globals';
import { isFinding, parseUnsatisfied } from '../../../src/packages/dnf/audit.ts';
import { failedScripts } from '../../../src/packages/dnf/scripts.ts';
import { parseVerification } from '../../../src/packages/shared/verification.ts';

describe('What rpm writes', () => {
  it('about scriptlets names each package once, of whatever version and dnf', () => {
    const notable = [
      'error: %prein(web-tools-2:1.1-1.el9.noarch) scriptlet failed, exit status 1',
      'warning: %post(web-1.1-1.x86_64) scriptlet failed, exit status 1',
      '[RPM] %postun(web-1.0-1.x86_64) scriptlet failed, signal 15',
      '[patchcycle left out 5 bytes here]',
    ];
    expect(failedScripts({ notable })).toEqual(['web-tools', 'web']);
  });

  it('about files is a finding where their content differs, and none where it is theirs to change', () => {
    const stdout = [
      'S.5....T.    /usr/bin/web',
      '.M....G..    /usr/share/web',
      '.......T.    /usr/share/web/index',
      'S.5....T.  c /etc/web.conf',
      '..5....T.  g /var/lib/web/cache',
      '....L....    /usr/lib/libweb.so',
      'missing      /usr/share/web/gone',
      'missing    c /etc/gone.conf',
      '',
    ].join('\n');
    expect(parseVerification(stdout, isFinding)).toEqual([
      '/usr/bin/web is not as its package brought it (S.5....T.)',
      '/usr/lib/libweb.so is not as its package brought it (....L....)',
      '/usr/share/web/gone is missing',
    ]);
  });

  it('about dependencies is a sentence for each that is not met', () => {
    const stdout =
      'Unsatisfied dependencies for web-1.1-1.noarch:\n\tlib >= 2 is needed by (installed) web-1.1-1.noarch\n\t/bin/x is needed by (installed) web-1.1-1.noarch\nS.5....T.    /usr/bin/web\n';
    expect(parseUnsatisfied(stdout)).toEqual([
      'web-1.1-1.noarch lacks what it requires: lib >= 2 is needed by (installed) web-1.1-1.noarch',
      'web-1.1-1.noarch lacks what it requires: /bin/x is needed by (installed) web-1.1-1.noarch',
    ]);
  });
});
