import type { Advisory, BuiltPackage } from '../packages.ts';
import { parseRpmVersion } from './version.ts';

/** One vendor's notice with the packages that it is about. */
type Notice = Required<Advisory> & { packages: BuiltPackage[] };

/** The text of updateinfo.xml, or null where no package has an advisory. */
export function updateInfo(
  packages: readonly BuiltPackage[],
  updates: 'security' | 'ordinary',
): string | null {
  const notices = new Map<string, Notice>();
  for (const built of packages) {
    const { advisory = updates === 'security' ? {} : null, name, version } = built.spec;
    if (advisory === null) continue;
    const { id = `LABSA-2026:${name}-${version}`, type = 'security' } = advisory;
    const { severity = 'Important', cves = [] } = advisory;
    const notice = notices.get(id) ?? { id, type, severity, cves, packages: [] };
    notice.packages.push(built);
    notices.set(id, notice);
  }
  if (notices.size === 0) return null;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n${[...notices.values()].map(update).join('')}</updates>\n`;
}

function update({ id, type, severity, cves, packages }: Notice): string {
  const references = cves.map(
    (cve) =>
      `<reference href="https://lab.example/${text(cve)}" id="${text(cve)}" type="cve" title="${text(cve)}"/>`,
  );
  return `<update from="lab@lab.example" status="final" type="${type}" version="1">
<id>${text(id)}</id><title>${text(id)}</title>
<issued date="2026-01-01 00:00:00"/><updated date="2026-01-01 00:00:00"/>
<severity>${severity}</severity><summary>an advisory of the lab</summary><description>an advisory of the lab</description>
<references>${references.join('')}</references>
<pkglist><collection short="lab"><name>lab</name>
${packages.map(entry).join('\n')}
</collection></pkglist>
</update>
`;
}

function entry({ spec, file, architecture }: BuiltPackage): string {
  const { epoch, version, release } = parseRpmVersion(spec.version);
  const reboot = spec.asksForReboot === true ? '<reboot_suggested>True</reboot_suggested>' : '';
  return `<package name="${text(spec.name)}" epoch="${epoch}" version="${text(version)}" release="${text(release)}" arch="${architecture}" src="lab.src.rpm"><filename>${text(file.replace(/^.*\//, ''))}</filename>${reboot}</package>`;
}

function text(raw: string): string {
  return raw
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
