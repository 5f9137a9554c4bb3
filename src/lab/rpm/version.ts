/** The parts of `[EPOCH:]VERSION[-RELEASE]`, as rpm keeps them. */
export type RpmVersion = { epoch: string; version: string; release: string };

export function parseRpmVersion(text: string): RpmVersion {
  const [, epoch = '0', version, release = '1'] =
    /^(?:(\d+):)?([^:-]+)(?:-([^:-]+))?$/.exec(text) ?? [];
  if (version === undefined) throw new Error(`"${text}" is not [EPOCH:]VERSION[-RELEASE]`);
  return { epoch, version, release };
}
