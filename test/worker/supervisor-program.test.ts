import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { supervisorProgram } from '../../src/worker/supervisor-program.ts';
import { temporaryDirectory } from '../host/support/temporary.ts';

describe('the program that runs package jobs', () => {
  it('is the built one beside the agent, also when that was called by a link', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'agent.cjs'), '');
    await writeFile(join(root, 'job-supervisor.cjs'), '');
    await mkdir(join(root, 'bin'));
    await symlink('../agent.cjs', join(root, 'bin', 'agent'));
    const expected = [process.execPath, join(root, 'job-supervisor.cjs')];
    expect(supervisorProgram(join(root, 'agent.cjs'))).toEqual(expected);
    expect(supervisorProgram(join(root, 'bin', 'agent'))).toEqual(expected);
  });

  it.each([
    ['the folder of the built command', 'dist/patchcycle.js'],
    ['the folder of what starts it', 'bin/patchcycle.mjs'],
  ])('is the built one in dist/agent, seen from %s', async (_, program) => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'bin'));
    await mkdir(join(root, 'dist', 'agent'), { recursive: true });
    await writeFile(join(root, program), '');
    const built = join(root, 'dist', 'agent', 'job-supervisor.cjs');
    await writeFile(built, '');
    expect(supervisorProgram(join(root, program))).toEqual([process.execPath, built]);
  });

  it('is the source where nothing was built', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'agent.ts'), '');
    const [, source] = supervisorProgram(join(root, 'agent.ts'));
    expect(source).toMatch(/src\/host\/job-supervisor\.ts$/);
    expect(existsSync(source ?? '')).toBe(true);
  });
});
