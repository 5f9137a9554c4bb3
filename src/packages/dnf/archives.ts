/** The name of an archive, which has no epoch: `NAME-VERSION-RELEASE.ARCHITECTURE.rpm`. */
export function archiveName(version: {
  name: string;
  architecture: string;
  newVersion: string;
}): string {
  const { name, architecture, newVersion } = version;
  return `${name}-${newVersion.replace(/^\d+:/, '')}.${architecture}.rpm`;
}
