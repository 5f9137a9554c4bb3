import type { Change, RebootRequired } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { expectReboot } from '../shared/reboot-expected.ts';
import { readFileList } from './file-lists.ts';

/** Packages whose new version takes effect at boot only: kernels and what is loaded into processors. */
const BOOT_PACKAGES =
  /^(?:linux-image-\d.*|linux-image-unsigned-\d.*|intel-microcode|amd64-microcode)$/;

/** See {@link expectReboot}. */
export function expectRebootAfter(
  tools: HostTools,
  changes: readonly Change[],
  native: string,
): Promise<RebootRequired> {
  return expectReboot(tools, changes, {
    isForBoot: (name) => BOOT_PACKAGES.test(name),
    filesOf: (change) => readFileList(change, native),
  });
}
