import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/plan.ts';
import type { Argv, CommandResult, HostTools, JobResult } from '../../../src/host/tools.ts';
import { install } from '../../../src/packages/apt/install.ts';
import { APT_SETTINGS } from '../../../src/packages/apt/settings.ts';
import { temporaryDirectory } from '../../host/support/temporary.ts';

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
});

/** A host that has these packages; apt-get marks what it is told to install as wanted for its own sake. */
class ModelHost {
  /** Letters and version, by name. */
  readonly states = new Map<string, string>();
  readonly automatic = new Set<string>();
  readonly jobs: string[] = [];
  /** What becomes of a package that apt-get is told to install, until somebody configures it. */
  unpackedOnly = false;

  tools(): HostTools {
    return {
      run: (argv) => Promise.resolve(this.#run(argv)),
      runJob: (name, argv) => Promise.resolve(this.#job(name, argv)),
      progress: () => {},
    };
  }

  #run(argv: Argv): CommandResult {
    const result = { argv, exitCode: 0, signal: null, stderr: '', durationMs: 1 };
    return { ...result, stdout: this.#answer(argv), timedOut: false, truncated: false };
  }

  #answer(argv: Argv): string {
    const [program, word, , ...names] = argv;
    if (program === 'dpkg-query') {
      return [...this.states]
        .map(([name, state]) => {
          const [letters, version] = state.split(' ');
          return `${letters}|${name}|all|${version}|${name}|${version}|1\n`;
        })
        .join('');
    }
    if (program === 'dpkg') return 'amd64\n';
    if (program === 'apt-mark' && word === 'showauto') return [...this.automatic].join('\n');
    if (program === 'apt-mark' && word === 'auto')
      for (const name of names) this.automatic.add(name);
    if (program === 'apt-mark' && word === 'manual')
      for (const name of names) this.automatic.delete(name);
    if (program === 'apt-get' && word === '-q' && argv.includes('-s')) {
      return operandsOf(argv)
        .map(({ name, version }) => {
          const old = this.states.get(name)?.split(' ')[1];
          return `Inst ${name} ${old === undefined ? '' : `[${old}] `}(${version} Lab:1/stable [all])\n`;
        })
        .join('');
    }
    return '';
  }

  #job(name: string, argv: Argv): JobResult {
    this.jobs.push(name);
    if (argv.includes('--configure')) {
      for (const [key, state] of this.states) this.states.set(key, state.replace(/^iU/, 'ii'));
    }
    for (const { name: key, version } of operandsOf(argv)) {
      this.states.set(key, `${this.unpackedOnly ? 'iU' : 'ii'} ${version}`);
      this.automatic.delete(key);
    }
    const killed = this.unpackedOnly && argv[0] === 'apt-get';
    return {
      ...{ exitCode: killed ? null : 0, signal: killed ? 'SIGKILL' : null, interrupted: false },
      ...{ timedOut: false, durationMs: 1, stdout: '', stderr: '' },
    };
  }
}

/** What apt-get is told to install. */
function operandsOf(argv: Argv): { name: string; version: string }[] {
  return argv.slice(argv.indexOf('--') + 1).flatMap((operand) => {
    const [, name, version] = /^(\w+):all=(.+)$/.exec(operand) ?? [];
    return name === undefined || version === undefined ? [] : [{ name, version }];
  });
}

async function update(name: string, oldVersion: string | null = '1.0'): Promise<Change> {
  const archive = `${name}_1.1_all.deb`;
  await writeFile(join(directory, archive), archive);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const rest = { sizeBytes: archive.length, origin: '', security: true };
  return { name, architecture: 'all', oldVersion, newVersion: '1.1', archive, sha256, ...rest };
}

function installing(host: ModelHost, changes: readonly Change[], attemptsMax = 2) {
  return install(host.tools(), APT_SETTINGS, {
    ...{ changes, removals: [], allowed: changes, directory, jobPrefix: 'upgrade' },
    ...{ configFiles: 'keep', attemptsMax, deadlineMs: 1_000 },
  });
}

function hostWith(states: Record<string, string>, automatic: readonly string[]): ModelHost {
  const host = new ModelHost();
  for (const [name, state] of Object.entries(states)) host.states.set(name, state);
  for (const name of automatic) host.automatic.add(name);
  return host;
}

describe('the marks of automatically installed packages', () => {
  it('are as before when all goes well, and new packages have one', async () => {
    const host = hostWith({ lib: 'ii 1.0', web: 'ii 1.0' }, ['lib']);
    const changes = [await update('lib'), await update('web'), await update('dep', null)];
    await installing(host, changes);
    expect([...host.automatic].toSorted()).toEqual(['dep', 'lib']);
  });

  it('are as before when the run was killed with everything unpacked, and healing did the rest', async () => {
    const host = hostWith({ lib: 'ii 1.0', web: 'ii 1.0' }, ['lib']);
    const changes = [await update('lib'), await update('web'), await update('dep', null)];
    host.unpackedOnly = true;
    expect(await installing(host, changes)).toMatchObject({ healed: 1 });
    expect(host.jobs).toEqual(['upgrade-install-1', 'upgrade-heal-1-configure']);
    expect([...host.automatic].toSorted()).toEqual(['dep', 'lib']);
  });

  it('are as before for the next pass, when a pass fails in the middle', async () => {
    const host = hostWith({ lib: 'ii 1.0' }, ['lib']);
    const changes = [await update('lib')];
    host.unpackedOnly = true;
    await expect(installing(host, changes, 1)).rejects.toMatchObject({ type: 'PackageJobFailed' });
    expect([...host.automatic]).toEqual(['lib']);
    host.unpackedOnly = false;
    await installing(host, changes, 1);
    expect([...host.automatic]).toEqual(['lib']);
  });

  it('leave those of packages alone that are gone but for their configuration', async () => {
    const host = hostWith({ lib: 'ii 1.0', gone: 'rc 1.0' }, ['gone']);
    await installing(host, [await update('lib')]);
    expect([...host.automatic]).toEqual(['gone']);
  });
});

describe('an installation on a host whose package database is not in order', () => {
  it('heals once, and does not go on for ever where that does not help', async () => {
    const host = hostWith({ lib: 'ii 1.0', half: 'iF 1.0' }, []);
    await expect(installing(host, [await update('lib')], 1)).rejects.toMatchObject({
      type: 'PackageStateBroken',
    });
    expect(host.jobs.filter((name) => name.endsWith('-configure'))).toHaveLength(1);
  });
});
