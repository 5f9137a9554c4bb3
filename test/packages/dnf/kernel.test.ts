import { describe, expect, it } from '@jest/globals';
import { judgeKernel } from '../../../src/packages/dnf/kernel.ts';

describe('The kernel that waits to be booted', () => {
  it.each([
    ['5.14.0-362.8.1.el9_3.x86_64', '5.14.0-427.el9.x86_64'],
    ['4.18.0-553.el8_10.x86_64', '4.18.0-553.5.1.el8_10.x86_64'],
    ['6.1.66-91.160.amzn2023.x86_64', '6.1.102-108.177.amzn2023.x86_64'],
    ['5.15.0-200.131.27.el8uek.x86_64', '5.15.0-206.153.7.el8uek.x86_64'],
    ['6.9.7-200.fc40.aarch64', '6.10.3-200.fc40.aarch64'],
  ])('is the newer one of the same flavour: %s runs', (running, newer) => {
    expect(judgeKernel(running, [newer, running])).toBe(
      `the kernel ${newer} is installed and ${running} runs`,
    );
    expect(judgeKernel(newer, [newer, running])).toBeNull();
  });

  it.each([
    ['a debug kernel', '5.14.0-427.el9.x86_64+debug'],
    ['a realtime kernel', '5.14.0-427.el9.x86_64+rt'],
    ['an older kind of realtime kernel', '5.14.0-427.rt7.342.el9.x86_64'],
    ["another vendor's kernel", '5.15.0-206.153.7.el9uek.x86_64'],
    ['the rescue image', '0-rescue-1b2c3d4e5f60718293a4b5c6d7e8f901'],
  ])('is not %s', (_, other) => {
    const running = '5.14.0-362.el9.x86_64';
    expect(judgeKernel(running, [running, other])).toBeNull();
  });

  it('is none where the running kernel does not come from packages of this host', () => {
    expect(judgeKernel('6.8.0-1015-cloud', ['5.14.0-427.el9.x86_64'])).toBeNull();
  });
});
