import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentOf, run } from './support/memory-io.ts';

describe('completion in bash', () => {
  let directory: string;
  let script: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'patchcycle-completion-'));
    script = join(directory, 'patchcycle.bash');
    await writeFile(script, (await run(['completion', 'bash'])).stdout);
  });
  afterAll(() => rm(directory, { recursive: true }));

  /** What a real bash offers after these words; the last one is what is being typed. */
  function offered(...words: string[]): string[] {
    const ask = `source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _patchcycle
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync('bash', ['-c', ask, 'bash', script, 'patchcycle', ...words]);
    return output.toString().split('\n').filter(Boolean);
  }

  it('offers commands, and those only that begin as was typed', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['patch', 'plan', 'status', 'doctor']));
    expect(offered('re')).toEqual(expect.arrayContaining(['report', 'reject', 'resolve']));
    expect(offered('re')).toHaveLength(3);
  });

  it("offers a command's own options, also after its host", () => {
    expect(offered('approve', 'db-1', '--d')).toEqual(['--digest']);
    expect(offered('status', '--')).toContain('--watch');
    expect(offered('status', '--')).not.toContain('--digest');
  });

  it('offers the commands of a group', () => {
    expect(offered('inventory', '')).toContain('check');
    expect(offered('policy', '')).toContain('check');
    expect(offered('inventory', 'check', '--')).toContain('--json');
  });

  it('offers the values that an option takes', () => {
    expect(offered('resolve', 'db-1', '--how', '')).toEqual(['retry', 'restore', 'accept']);
    expect(offered('report', 'db-1', '--format', 'h')).toEqual(['html']);
  });

  it('offers the shells', () => {
    expect(offered('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });
});

describe('completion', () => {
  it('in fish has every command with its summary, quotes included', async () => {
    const { stdout } = await run(['completion', 'fish']);
    expect(stdout).toMatch(
      /complete -c patchcycle -n "__fish_use_subcommand" -f -a patch -d 'patch one host/,
    );
    expect(stdout).toContain(String.raw`host\'s latest ended cycle`);
    expect(stdout).toMatch(/__fish_seen_subcommand_from report" -l format .* -x -a 'md html json'/);
  });

  it('in zsh is the one of bash behind its own emulation', async () => {
    const { stdout } = await run(['completion', 'zsh']);
    expect(stdout).toMatch(/bashcompinit/);
    expect(stdout).toMatch(/complete .*patchcycle$/m);
  });

  it('is one document with --json', async () => {
    expect(documentOf(await run(['completion', 'bash', '--json']))).toMatchObject({
      shell: 'bash',
      script: expect.stringContaining('_patchcycle'),
    });
  });
});
