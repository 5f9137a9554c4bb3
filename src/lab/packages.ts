/** What a package of the lab is; the same description becomes a .deb or an .rpm. */

export type PackageFile = {
  content: string;
  mode?: number;
  /** One that was edited on the host stays, and the new one is put beside it. */
  isConfiguration?: boolean;
  /** Of a configuration file, where the family knows it: the new one takes its place, and the edited one is put aside. */
  replacesEdited?: boolean;
};

/**
 * When a script runs: `beforeInstall` and `afterInstall` also when the package is updated,
 * `beforeRemove` and `afterRemove` only when it goes for good.
 */
export type Script = 'beforeInstall' | 'afterInstall' | 'beforeRemove' | 'afterRemove';

export type Advisory = {
  /** Packages of one identifier belong to one advisory. Default: one made of the package's name and version. */
  id?: string;
  /** Default `security`. */
  type?: 'security' | 'bugfix' | 'enhancement' | 'newpackage';
  /** Default `Important`. */
  severity?: 'Critical' | 'Important' | 'Moderate' | 'Low';
  cves?: readonly string[];
};

export type PackageSpec = {
  name: string;
  /** `[EPOCH:]VERSION[-RELEASE]`; an .rpm without a release gets release 1. */
  version: string;
  /** `machine`: it is for the processor of this machine. Default `all`. */
  architecture?: 'all' | 'machine';
  /** Other packages, each as `NAME` or `NAME >= VERSION`. */
  requires?: readonly string[];
  recommends?: readonly string[];
  provides?: readonly string[];
  conflicts?: readonly string[];
  /** Packages that this one takes the place of. */
  obsoletes?: readonly string[];
  /** What it installs, by absolute path. */
  files?: Readonly<Record<string, string | PackageFile>>;
  /** Bodies of scripts; `set -e` goes before them. */
  scripts?: Readonly<Partial<Record<Script, string>>>;
  /** Services among its files: enabled when it is installed, started again when it is updated. */
  services?: readonly string[];
  /** An update asks for a reboot, in the way of the family. */
  asksForReboot?: boolean;
  /** A new version is installed beside the old one, where the family does so with kernels. */
  isInstallOnly?: boolean;
  /**
   * The vendor's notice. Where the family has advisories, a repository of security updates makes
   * one for each package that says nothing; `null` is a package without one.
   */
  advisory?: Advisory | null;
  /** Under which name an .rpm repository offers it; default: rpm's own for it. */
  offeredAs?: string;
  /** Lines of the newest changelog entry. */
  changes?: readonly string[];
};

export type BuiltPackage = {
  spec: PackageSpec;
  name: string;
  /** As the description has it. */
  version: string;
  /** As the family calls it. */
  architecture: string;
  /** The package file on this machine. */
  file: string;
  sizeBytes: number;
  sha256: string;
};

/** The same description gives the same content: everything in an archive carries this time. */
export const BUILD_TIME_SECONDS = '1767225600';

/** `NAME` or `NAME >= VERSION` in its parts. */
export function parseRelation(relation: string): { name: string; comparison: string } {
  const [, name, comparison = ''] = /^([^\s<>=]+)(?: ((?:<|<=|=|>=|>) \S+))?$/.exec(relation) ?? [];
  if (name === undefined) throw new Error(`"${relation}" is not NAME or NAME >= VERSION`);
  return { name, comparison };
}
