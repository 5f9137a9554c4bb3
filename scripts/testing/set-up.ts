import { prepareLab } from '../../src/lab/prepare.ts';
import { runWithProgress } from '../../src/lab/run.ts';
import { findTemporalCli, findTestServer } from '../../src/temporal/server/index.ts';
import { installAnsible } from '../../test/support/ansible.ts';
import { findChromium } from '../../test/support/chromium.ts';
import { hasPip } from '../../test/support/pip.ts';
import { installS3Server } from '../../test/support/s3-server.ts';
import type { Layer } from './layers.ts';

const APT_TIMEOUT_MS = 15 * 60_000;

/**
 * Makes ready what the tests of these layers need, and throws a sentence that names what cannot be
 * had and what to do about it. The unit tests need nothing.
 */
export async function setUp(
  layers: readonly Layer[],
  progress: (line: string) => void,
): Promise<void> {
  if (layers.includes('server') || layers.includes('host')) {
    progress(`Temporal's command line: ${await findTemporalCli({ progress })}`);
    progress(`Temporal's time-skipping server: ${await findTestServer({ progress })}`);
  }
  if (layers.includes('server')) {
    if (!(await hasPip())) await installPackage('python3-pip', progress);
    progress(`Ansible: ${await installAnsible()}`);
    progress(`S3 server: ${await installS3Server()}`);
  }
  if (layers.includes('host')) {
    await prepareLab(progress);
    progress(`Chromium: ${await ensureChromium(progress)}`);
  }
}

/** HTML reports are looked at in a real browser. The lab has made sure of root and apt before. */
async function ensureChromium(progress: (line: string) => void): Promise<string> {
  const present = await findChromium();
  if (present !== undefined) return present;
  await installPackage('chromium', progress);
  const installed = await findChromium();
  if (installed !== undefined) return installed;
  throw new Error(
    'The tests open HTML reports in Chromium; install one so that it is on the PATH.',
  );
}

async function installPackage(name: string, progress: (line: string) => void): Promise<void> {
  progress(`installing ${name}, which the tests use`);
  await runWithProgress(['apt-get', '-q', 'update'], progress, APT_TIMEOUT_MS);
  await runWithProgress(
    ['apt-get', '-q', '-y', '--no-install-recommends', 'install', '--', name],
    progress,
    APT_TIMEOUT_MS,
  );
}
