import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { orIfMissing } from '../../host/errno.ts';

/**
 * What packages' scripts and triggers write that no package's file list has, whatever the family.
 * Found by comparing whole hosts before and after updates (the conformance suite does so), and from
 * the scripts of the distributions' base packages.
 */

/** Directories that are covered whole. */
export const COMMON_TREES: readonly string[] = [
  '/etc',
  '/boot',
  // The index of manual pages, which would go on naming those of the newer version.
  '/var/cache/man',
];

/** Single files. */
export const COMMON_PATHS: readonly string[] = [
  '/var/lib/systemd/catalog/database',
  '/usr/lib/locale/locale-archive',
  '/usr/lib/udev/hwdb.bin',
  '/usr/share/info/dir',
  '/usr/share/info/dir.old',
  '/usr/share/applications/mimeinfo.cache',
  '/usr/share/glib-2.0/schemas/gschemas.compiled',
];

/** Directories of which every file at their top is generated from what lies below. */
const GENERATED_TOPS = ['/usr/share/mime', '/usr/share/icons/hicolor'];

const MODULES = /^(?:\/usr)?\/lib\/modules\/([^/]+)\//;
const PYTHON = /^\/usr\/(?:lib|share)\/.*\.py$/;
/** Debian's libraries lie below the name of their architecture, the others' in `lib64`. */
const LIBRARIES = /^(?:\/usr)?(\/lib\/[a-z0-9_]+-linux-gnu[a-z0-9]*|\/lib64)\//;

/** What is generated beside these packages' paths. */
export async function generatedPaths(
  packagePaths: readonly string[],
): Promise<{ trees: string[]; paths: string[] }> {
  const trees = new Set<string>();
  const paths = new Set<string>();
  for (const path of packagePaths) {
    const kernel = MODULES.exec(path)?.[1];
    // depmod's index; a new kernel's directory is new as a whole.
    if (kernel !== undefined) trees.add(`/usr/lib/modules/${kernel}`);
    // Python's compiled files lie beside the sources.
    if (PYTHON.test(path)) trees.add(join(dirname(path), '__pycache__'));
    const libraries = LIBRARIES.exec(path)?.[1];
    if (libraries !== undefined) {
      paths.add(`/usr${libraries}/gconv/gconv-modules.cache`);
      paths.add(`/usr${libraries}/gio/modules/giomodule.cache`);
      paths.add(`/usr${libraries}/gdk-pixbuf-2.0/2.10.0/loaders.cache`);
    }
  }
  for (const top of GENERATED_TOPS) {
    const entries = await orIfMissing(readdir(top, { withFileTypes: true }), []);
    for (const entry of entries) if (!entry.isDirectory()) paths.add(join(top, entry.name));
  }
  return { trees: [...trees], paths: [...paths] };
}
