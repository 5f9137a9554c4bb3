/** One package of an advisory: up to which version it is fixed. */
export type AdvisoryEntry = {
  /** The vendor's name of the notice: `RHSA-2026:0001`. What it begins with says nothing here. */
  id: string;
  security: boolean;
  /** As the vendor writes it; empty where it says none. */
  severity: string;
  name: string;
  architecture: string;
  version: string;
};

/** `NAME-[EPOCH:]VERSION-RELEASE.ARCHITECTURE`: a name may have hyphens, a version has none. */
const NEVRA = /^(.+)-((?:\d+:)?[^-:]+-[^-:]+)\.([a-z0-9_]+)$/;

/** Splits what rpm calls a NEVRA; null where it is none. */
export function parseNevra(
  nevra: string,
): Pick<AdvisoryEntry, 'name' | 'architecture' | 'version'> | null {
  const [, name, version, architecture] = NEVRA.exec(nevra) ?? [];
  if (!name || !version || !architecture) return null;
  return { name, architecture, version: version.replace(/^0:/, '') };
}

/** Names exactly one version, so that there is no choice: without an epoch dnf would take any. */
export function specOf(version: {
  name: string;
  architecture: string;
  newVersion: string;
}): string {
  const { name, architecture, newVersion } = version;
  const epoch = newVersion.includes(':') ? '' : '0:';
  return `${name}-${epoch}${newVersion}.${architecture}`;
}
