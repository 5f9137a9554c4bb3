import type { PackageSpec } from '../packages.ts';
import { literal } from './literal.ts';

type Part = string | undefined;

/**
 * The scriptlets that have something to do. rpm gives each the number of versions that will be there
 * when it is over: 0 when the package goes, 2 when it is updated.
 */
export function scriptlets(spec: PackageSpec): string[] {
  const { scripts = {}, services = [] } = spec;
  // Another version that stays does not stand in for the one of an install-only package that goes.
  const whenGone = spec.isInstallOnly === true ? (parts: Part[]) => parts : onlyWhenGone;
  const bodies: Record<string, Part[]> = {
    pre: [scripts.beforeInstall],
    post: [scripts.afterInstall, ...services.map(enable)],
    preun: whenGone([...services.map(stop), scripts.beforeRemove]),
    postun: [...services.map(restart), ...whenGone([scripts.afterRemove])],
  };
  return Object.entries(bodies).flatMap(([name, parts]) => {
    const body = parts.filter((part) => part !== undefined);
    return body.length === 0 ? [] : [`%${name}`, 'set -e', ...body.map(literal)];
  });
}

function onlyWhenGone(parts: readonly Part[]): string[] {
  const body = parts.filter((part) => part !== undefined);
  return body.length === 0 ? [] : [`if [ "$1" -eq 0 ]; then\n${body.join('\n')}\nfi`];
}

// These do what systemd's rpm macros write into the scriptlets of real services, the ignored failures included.

function enable(service: string): string {
  return `if [ "$1" -eq 1 ]; then
  systemctl --no-reload preset ${service} >/dev/null 2>&1 || :
fi`;
}

function stop(service: string): string {
  return `if [ -d /run/systemd/system ]; then
  systemctl --no-reload disable --now ${service} >/dev/null 2>&1 || :
else
  systemctl --no-reload disable ${service} >/dev/null 2>&1 || :
fi`;
}

function restart(service: string): string {
  return `if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null 2>&1 || :
  if [ "$1" -ge 1 ]; then systemctl try-restart ${service} >/dev/null 2>&1 || :; fi
fi`;
}
