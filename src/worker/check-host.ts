import { stat } from 'node:fs/promises';
import { StepFailure } from '../domain/failure.ts';
import { requireSigners } from '../host/allowed-signers.ts';
import { loadHostConfig } from '../host/config.ts';
import { orIfMissing } from '../host/errno.ts';
import { HOST_PATHS, type HostPaths } from '../host/paths.ts';
import { readSpace } from '../host/space.ts';
import { spaceShortages } from '../host/space-floors.ts';
import { openStateDirectory } from '../host/state-dir.ts';
import { hasSystemd } from '../host/systemd.ts';
import { choosePackageManager } from '../packages/choose.ts';
import { queryTools } from './query-tools.ts';

/** One thing that an agent needs of its host, and how what is missing is mended. */
export type HostCheck = { name: string; ok: boolean; detail: string; mend: string | null };

/** What an agent needs of this machine. Changes nothing; never fails. */
export async function checkHost(paths: HostPaths = HOST_PATHS): Promise<HostCheck[]> {
  return [
    checkUser(),
    await check('agent.yaml', async () => {
      const { host, unattended } = await loadHostConfig(paths);
      return `this is ${host}; plans that no person approved are ${unattended ? 'accepted' : 'refused'}`;
    }),
    ...(await checkSigners(paths)),
    await check('state directory', async () => {
      const exists = (await orIfMissing(stat(paths.stateDirectory), null)) !== null;
      if (!exists) return `${paths.stateDirectory} will be made`;
      return openStateDirectory(paths.stateDirectory);
    }),
    await check(
      'package tools',
      async () => (await choosePackageManager(queryTools('doctor'))).name,
    ),
    await checkSystemd(),
    await checkSpace(paths),
  ];
}

/** Only where agent.yaml can be read, and has allowed signers. */
async function checkSigners(paths: HostPaths): Promise<HostCheck[]> {
  const config = await loadHostConfig(paths).catch((error: unknown) => {
    if (error instanceof StepFailure) return null;
    throw error;
  });
  const path = config?.allowedSigners;
  if (path === undefined) return [];
  return [
    await check('allowed signers', async () => {
      await requireSigners(queryTools('doctor').run, path);
      return `only approvals signed by a key in ${path} are accepted`;
    }),
  ];
}

function checkUser(): HostCheck {
  const isRoot = process.getuid?.() === 0;
  return {
    name: 'user',
    ok: isRoot,
    detail: isRoot ? 'root' : 'not root, so packages cannot be changed',
    mend: isRoot ? null : 'Run the agent by its unit, or this command with sudo.',
  };
}

async function checkSystemd(): Promise<HostCheck> {
  const found = await hasSystemd();
  return {
    name: 'systemd',
    ok: found,
    detail: found
      ? 'runs this host'
      : 'does not run this host: it can be patched, and not rebooted by patchcycle',
    mend: found ? null : 'Set "reboot: never" in the policy of this host.',
  };
}

async function checkSpace(paths: HostPaths): Promise<HostCheck> {
  const shortages = spaceShortages(
    await readSpace(['/', '/boot', '/var', paths.archiveDirectory, paths.stateDirectory]),
  );
  return {
    name: 'space',
    ok: shortages.length === 0,
    detail: shortages.length === 0 ? 'enough to begin with' : shortages.join('; '),
    mend:
      shortages.length === 0
        ? null
        : "Make room: journalctl --vacuum-size=100M, and delete the package tool's downloads.",
  };
}

async function check(name: string, look: () => Promise<string>): Promise<HostCheck> {
  try {
    return { name, ok: true, detail: await look(), mend: null };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const { remedy, findings = [] } = error.details;
    return { name, ok: false, detail: [error.message, ...findings].join(' '), mend: remedy };
  }
}
