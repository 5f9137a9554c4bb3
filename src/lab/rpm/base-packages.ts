import type { PackageSpec } from '../packages.ts';
import { GRUBBY } from './grubby.ts';

/**
 * Packages that every .rpm host of the lab has from the start. Everything else below / comes from
 * the root file system and belongs to no package.
 */
export const BASE_PACKAGES: readonly PackageSpec[] = [
  GRUBBY,
  {
    name: 'lab-release',
    version: '1-1',
    // dnf takes the release's version from these; scriptlets ask for the shell.
    provides: ['system-release = 1', 'system-release(releasever) = 1', '/bin/sh'],
    files: {
      '/usr/lib/os-release': [
        'NAME="Lab Linux"',
        'VERSION="1"',
        'ID=lab-rpm',
        'ID_LIKE="rhel fedora"',
        'VERSION_ID="1"',
        'PRETTY_NAME="Lab Linux 1 (rpm)"',
        '',
      ].join('\n'),
    },
  },
  {
    name: 'dnf-automatic',
    version: '4.14.0-1',
    services: ['dnf-automatic.timer', 'dnf-makecache.timer'],
    files: {
      '/usr/bin/dnf-automatic': {
        content:
          '#!/usr/bin/python3\nimport sys\nfrom dnf.automatic.main import main\nsys.exit(main(sys.argv[1:]))\n',
        mode: 0o755,
      },
      '/usr/lib/systemd/system/dnf-automatic.service': service(
        '/usr/bin/dnf-automatic /etc/dnf/automatic.conf --timer',
      ),
      '/usr/lib/systemd/system/dnf-automatic.timer': timer(
        'OnCalendar=*-*-* 6:00\nRandomizedDelaySec=60m\nPersistent=true',
      ),
      '/usr/lib/systemd/system/dnf-makecache.service': service('/usr/bin/dnf makecache --timer'),
      '/usr/lib/systemd/system/dnf-makecache.timer': timer('OnBootSec=10m\nOnUnitInactiveSec=1h'),
    },
  },
];

function service(command: string): string {
  return `[Unit]\nAfter=network-online.target\n\n[Service]\nType=oneshot\nNice=19\nExecStart=${command}\n`;
}

function timer(when: string): string {
  return `[Timer]\n${when}\n\n[Install]\nWantedBy=timers.target\n`;
}
