import { describe, expect, it } from '@jest/globals';
import { dnf4 } from '../../../src/packages/dnf/dialects/dnf4.ts';
import { dnf5 } from '../../../src/packages/dnf/dialects/dnf5.ts';
import type { Simulation } from '../../../src/packages/dnf/parse-simulation.ts';
import { explain, parseProblems } from '../../../src/packages/dnf/simulate.ts';
import { DIALECTS, fixture, MINIMAL } from './fixture.ts';

function shown({ installs, removals, skipped }: Simulation) {
  return {
    installs: installs
      .map((one) => `${one.name}.${one.architecture} ${one.newVersion} ${one.repository}`)
      .toSorted(),
    replacing: installs
      .filter(({ replaces }) => replaces)
      .map(({ name }) => name)
      .toSorted(),
    removals: removals.map((one) => `${one.name}.${one.architecture} ${one.oldVersion}`),
    skipped: skipped.map((one) => `${one.name}.${one.architecture} ${one.version}`).toSorted(),
  };
}

const LONG = 'a-package-with-a-name-that-is-much-longer-than-a-column-of-the-table-can-hold-really';

describe.each(DIALECTS)('A simulated transaction of %s', (_, dialect) => {
  const parse = (stdout: string) => {
    const simulation = dialect.parseSimulation(stdout);
    if (simulation === null) throw new Error('it speaks of no transaction');
    return shown(simulation);
  };

  it('is read whole: what comes new, beside, or in the place of what, and what is skipped', () => {
    expect(parse(fixture(dialect, 1, 'upgrade'))).toEqual({
      installs: [
        `${LONG}.noarch 2.20240101gitabcdef0123456789~rc1-0.1.20240101git0123456.el9_4 lab2`,
        'app.noarch 2-1 lab2',
        'archy.x86_64 2-1 lab2',
        'epo.noarch 3:2-1 lab2',
        'exc.noarch 2-1 lab2',
        'extra.noarch 2-1 lab2',
        'helper.noarch 2-1 lab2',
        'kernel.x86_64 6.2.0-10.lab lab2',
        'lib.noarch 2-1 lab2',
        'locked.noarch 2-1 lab2',
        'newname.noarch 2-1 lab2',
        'plain.noarch 2-1 lab2',
        'secneeds.noarch 2-1 lab2',
        'secnew.noarch 2-1 lab2',
      ],
      replacing: [
        LONG,
        'app',
        'archy',
        'epo',
        'exc',
        'lib',
        'locked',
        'plain',
        'secneeds',
        'secnew',
      ],
      removals: ['oldname.noarch 1-1'],
      skipped: ['broke.noarch 2-1', 'con.noarch 2-1'],
    });
  });

  it('may have nothing to do', () => {
    const nothing = { installs: [], replacing: [], removals: [], skipped: [] };
    expect(parse(fixture(dialect, 4, 'upgrade'))).toEqual(nothing);
  });

  it('may skip everything', () => {
    expect(parse(fixture(dialect, 30, 'upgrade'))).toEqual({
      installs: [],
      replacing: [],
      removals: [],
      skipped: ['broke.noarch 2-1', 'con.noarch 2-1'],
    });
  });

  it('may remove the oldest kernel for the newest one', () => {
    expect(parse(fixture(dialect, 5, 'upgrade'))).toEqual({
      installs: ['kernel.x86_64 6.3.0-10.lab lab3'],
      replacing: [],
      removals: ['kernel.x86_64 6.1.0-10.lab'],
      skipped: [],
    });
  });

  it('may remove what depends on a package', () => {
    expect(parse(fixture(dialect, 6, 'remove')).removals).toEqual([
      'base.noarch 1-1',
      'app.noarch 1-1',
    ]);
  });

  it('may be of archives that are named by their files', () => {
    expect(parse(fixture(dialect, 7, 'install'))).toEqual({
      installs: [
        'app.noarch 2-1 @commandline',
        'archy.x86_64 2-1 @commandline',
        'kernel.x86_64 6.2.0-10.lab @commandline',
        'newname.noarch 2-1 @commandline',
      ],
      replacing: ['app', 'archy'],
      removals: ['oldname.noarch 1-1'],
      skipped: [],
    });
  });

  it('is none where dnf found no way at all', () => {
    expect(dialect.parseSimulation(fixture(dialect, 8, 'upgrade', 'stderr'))).toBeNull();
  });

  it('says what is in the way of what it skips', () => {
    const problems = parseProblems(fixture(dialect, 3, MINIMAL, 'stderr'));
    expect(problems).toHaveLength(2);
    expect(explain(problems, { name: 'secneeds', version: '2-1' })).toMatch(
      /^package secneeds-2-1\.noarch (?:from lab2 )?requires lib >= 2, /,
    );
    expect(explain(problems, { name: 'app', version: '2-1' })).toBeNull();
  });

  it('is refused when one of its lines is not known, and the line is named', () => {
    const known = fixture(dialect, 7, 'install');
    const heading = known.replace('Upgrading:', 'Downgrading:');
    expect(() => dialect.parseSimulation(heading)).toThrow('not known: Downgrading:');
    const row = known.replace(/^ app .*$/m, ' app is fine');
    expect(() => dialect.parseSimulation(row)).toThrow('not known: app is fine');
    const cut = known.slice(0, known.indexOf('Transaction Summary'));
    expect(() => dialect.parseSimulation(cut)).toThrow('not known');
  });

  it('is refused when it would change the stream of a module', () => {
    const modules = fixture(dialect, 7, 'install').replace(
      'Upgrading:',
      'Enabling module streams:',
    );
    expect(() => dialect.parseSimulation(modules)).toThrow(
      expect.objectContaining({ type: 'DependencyProblem' }),
    );
  });
});

it('joins the row of a table that goes on in the next lines', () => {
  const wrapped = ` Package     Arch   Version   Repository   Size
===
Upgrading:
 a-long-name-that-does-not-fit
             noarch 2.20240101-1.el8
                              a-repository
                                           6.0 k
 app         noarch 0:2-1     lab          119

Transaction Summary
`;
  expect(dnf4.parseSimulation(wrapped)?.installs.map((one) => [one.name, one.newVersion])).toEqual([
    ['a-long-name-that-does-not-fit', '2.20240101-1.el8'],
    ['app', '2-1'],
  ]);
});

it('takes no package for removed that another one replaces besides its own newer version', () => {
  const split = `Package Arch Version Repository Size
Upgrading:
 old  noarch 0:2-1 lab 6.0 B
   replacing old noarch 0:1-1 lab 6.0 B
 split noarch 0:2-1 lab 6.0 B
   replacing split noarch 0:1-1 lab 6.0 B
   replacing old noarch 0:1-1 lab 6.0 B

Transaction Summary:
`;
  expect(dnf5.parseSimulation(split)?.removals).toEqual([]);
});

it('reads what newer versions of dnf 5 leave out: a name that is the same, a repository that there is none', () => {
  const short = `Package Arch Version Repository Size
Upgrading:
 app  x86_64 0:2-1 lab 6.0 B
   replacing noarch 0:1-1 6.0 B
 new  noarch 0:2-1 lab 6.0 KiB
   replacing old noarch 3:1-1 lab 6.0 B

Transaction Summary:
`;
  expect(dnf5.parseSimulation(short)?.removals).toEqual([
    { name: 'old', architecture: 'noarch', oldVersion: '3:1-1' },
  ]);
});
