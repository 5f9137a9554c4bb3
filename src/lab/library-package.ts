import type { PackageSpec } from './packages.ts';

export type LibraryOptions = { name: string } & Omit<PackageSpec, 'name' | 'files'>;

/** A library that nothing loads; its file carries the version. */
export function libraryPackage(options: LibraryOptions): PackageSpec {
  const { name, version } = options;
  return { ...options, files: { [`/usr/lib/${name}/${name}.so`]: `${name} ${version}\n` } };
}
