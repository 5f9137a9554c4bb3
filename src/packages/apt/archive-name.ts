/** The name under which apt's cache keeps an archive: a colon in the version is written `%3a`. */
export function archiveName(version: {
  name: string;
  architecture: string;
  newVersion: string;
}): string {
  const { name, architecture, newVersion } = version;
  return `${name}_${newVersion.replaceAll(':', '%3a')}_${architecture}.deb`;
}
