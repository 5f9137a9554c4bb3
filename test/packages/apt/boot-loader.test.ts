import { describe, expect, it } from '@jest/globals';
import { parseDevices, restoreBootLoader } from '../../../src/packages/apt/boot-loader.ts';
import { result } from '../../health/support/journal.ts';

const SHOWN = `* grub-pc/install_devices: /dev/disk/by-id/virtio-1, /dev/vdb
  grub-pc/install_devices_empty: false
* grub-pc/install_devices_disks_changed:
`;

/** Any file that exists stands for the core image. */
const THERE = import.meta.filename;

function host(answers: Readonly<Record<string, number>> = {}) {
  const asked: string[] = [];
  const run = (argv: readonly [string, ...string[]]) => {
    asked.push(argv.join(' '));
    return Promise.resolve(result(argv, answers[argv[0]] ?? 0, SHOWN));
  };
  return { asked, run };
}

const named = (...names: string[]) => names.map((name) => ({ name }));

describe('The boot loader on a disk', () => {
  it('is written again onto the disks that grub-pc is set to write to', async () => {
    const tools = host();
    expect(await restoreBootLoader(tools, named('bash', 'grub-pc'), THERE)).toBe(true);
    expect(tools.asked).toEqual([
      'debconf-show grub-pc',
      'grub-install --target=i386-pc /dev/disk/by-id/virtio-1',
      'grub-install --target=i386-pc /dev/vdb',
    ]);
  });

  it.each([
    ['the plan has none', named('bash', 'grub-common'), THERE],
    ['none was ever installed from files', named('grub-pc'), `${THERE}.missing`],
  ])('is left alone where %s', async (_, changes, coreImage) => {
    const tools = host();
    expect(await restoreBootLoader(tools, changes, coreImage)).toBe(false);
    expect(tools.asked).toEqual([]);
  });

  it('that could not be written is told, with the command', async () => {
    const failing = restoreBootLoader(host({ 'grub-install': 1 }), named('grub-pc'), THERE);
    await expect(failing).rejects.toMatchObject({
      type: 'RestoreIncomplete',
      message: expect.stringContaining('grub-install --target=i386-pc /dev/disk/by-id/virtio-1'),
    });
  });

  it('whose disk only its package knows is left to a person', async () => {
    const failing = restoreBootLoader(host(), named('grub-cloud-amd64'), THERE);
    await expect(failing).rejects.toMatchObject({ type: 'RestoreIncomplete' });
  });

  it('is on no disk where none is set', () => {
    expect(parseDevices('* grub-pc/install_devices:\n')).toEqual([]);
    expect(parseDevices('')).toEqual([]);
  });
});
