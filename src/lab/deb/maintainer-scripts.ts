import type { PackageSpec } from '../packages.ts';

type MaintainerScript = 'preinst' | 'postinst' | 'prerm' | 'postrm';

/** The maintainer scripts that have something to do. */
export function maintainerScripts(spec: PackageSpec): Partial<Record<MaintainerScript, string>> {
  const { scripts = {}, services = [] } = spec;
  const bodies: Record<MaintainerScript, string[]> = {
    preinst: when('[ "$1" = install ] || [ "$1" = upgrade ]', [scripts.beforeInstall]),
    postinst: when('[ "$1" = configure ]', [
      scripts.afterInstall,
      ...services.map(startOrRestart),
      spec.asksForReboot === true ? askForReboot(spec.name) : undefined,
    ]),
    prerm: when('[ "$1" = remove ]', [...services.map(stop), scripts.beforeRemove]),
    postrm: [
      ...when('[ "$1" = remove ] || [ "$1" = purge ]', [scripts.afterRemove]),
      ...services.map(forget),
    ],
  };
  return Object.fromEntries(
    Object.entries(bodies)
      .filter(([, parts]) => parts.length > 0)
      .map(([name, parts]) => [name, `#!/bin/sh\nset -e\n${parts.join('\n')}\n`]),
  );
}

function when(condition: string, parts: readonly (string | undefined)[]): string[] {
  const body = parts.filter((part) => part !== undefined);
  return body.length === 0 ? [] : [`if ${condition}; then\n${body.join('\n')}\nfi`];
}

// These do what debhelper writes into the scripts of real services, the ignored failures included.

function startOrRestart(service: string): string {
  return `deb-systemd-helper unmask ${service} >/dev/null || true
if deb-systemd-helper --quiet was-enabled ${service}; then
  deb-systemd-helper enable ${service} >/dev/null || true
fi
deb-systemd-helper update-state ${service} >/dev/null || true
if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
  if [ -n "$2" ]; then action=restart; else action=start; fi
  deb-systemd-invoke $action ${service} >/dev/null || true
fi`;
}

function stop(service: string): string {
  return `if [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop ${service} >/dev/null || true
fi`;
}

function forget(service: string): string {
  return `if [ "$1" = purge ]; then
  deb-systemd-helper purge ${service} >/dev/null || true
fi
if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
fi`;
}

function askForReboot(name: string): string {
  return `echo "*** System restart required ***" >/run/reboot-required
echo "${name}" >>/run/reboot-required.pkgs`;
}
