import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { CLI_VERSION } from '../../src/cli/version.ts';
import { documentOf, run } from './support/memory-io.ts';

/** Nobody listens on port 1 of loopback; the connection is refused at once. */
const NOBODY = ['--address', '127.0.0.1:1'];
// eslint-disable-next-line no-control-regex
const COLOUR = /\u001B\[[0-9;]*m/;

const COMMANDS = [
  ['demo'],
  ['server'],
  ['worker'],
  ['agent'],
  ['patch'],
  ['plan'],
  ['status'],
  ['approve'],
  ['reject'],
  ['abort'],
  ['resolve'],
  ['report'],
  ['audit'],
  ['inventory', 'check'],
  ['policy', 'check'],
  ['notifications', 'test'],
  ['doctor'],
  ['completion'],
];

describe('patchcycle', () => {
  it('has the version of package.json', async () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect(CLI_VERSION).toBe(manifest.version);
    expect((await run(['--version'])).stdout).toBe(`${CLI_VERSION}\n`);
    expect(JSON.parse((await run(['--version', '--json'])).stdout)).toEqual({
      version: CLI_VERSION,
    });
  });

  it.each(COMMANDS)(
    '%s %s explains itself with exit codes and at least one example',
    async (...command) => {
      const { exitCode, stdout, stderr } = await run([...command, '--help']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/Usage: patchcycle/);
      expect(stdout).toMatch(/Examples?:\n {2}\S/);
      expect(stdout).toContain('Temporal cannot be reached');
      expect(stdout).toContain('--json');
    },
  );

  it.each([
    ['a command that does not exist', ['stauts'], /unknown command 'stauts'.*status/s],
    ['an option that does not exist', ['status', '--verbose'], /unknown option '--verbose'/],
    ['a missing host', ['patch'], /missing required argument 'host'/],
    ['one argument too many', ['status', 'web-1', 'web-2'], /too many arguments/],
    [
      'a way out that does not exist',
      ['resolve', 'web-1', '--how', 'hope'],
      /retry, restore, accept/,
    ],
    ['a database in no directory', ['server', '--database', '/nowhere/t.db'], /\/nowhere does not/],
    ['a digest that is none', ['approve', 'web-1', '--digest', 'zz'], /64 hexadecimal digits/],
    ['no way out at all', ['resolve', 'web-1'], /--how/],
    ['a format that does not exist', ['report', 'web-1', '--format', 'pdf'], /md, html, json/],
    ['an audit since no date', ['audit', '--since', '2026-02-31'], /a date reads 2026-10-01/],
    ['a shell that does not exist', ['completion', 'csh'], /bash, zsh, fish/],
    ['two forms at once', ['report', 'web-1', '--json', '--format', 'html'], /--format html/],
    ['a view that changes as one document', ['status', '--watch', '--json'], /--watch/],
  ])('refuses %s with exit code 1 and what to do next', async (_what, argv, why) => {
    const { exitCode, stderr } = await run(argv);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(why);
    expect(stderr).toMatch(/Next: \S/);
  });

  it.each([
    ['with a command in it', '$(reboot)'],
    ['with a second command', 'web-1;reboot'],
    ['that climbs', '../../etc/passwd'],
    ['in capitals', 'WEB-1'],
    ['with a space', 'web 1'],
    ['with a newline', 'web-1\nweb-2'],
    ['that colours the terminal', '\u001B[31mweb-1'],
    ['of ten thousand letters', 'a'.repeat(10_000)],
    ['of no letters', ''],
  ])('refuses a host name %s before it connects to anything', async (_what, host) => {
    const { exitCode, stderr } = await run(['abort', host, ...NOBODY]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/argument 'host'\. \S/);
    expect(stderr.length).toBeLessThan(1_000);
    // eslint-disable-next-line no-control-regex
    expect(stderr).not.toMatch(/\u001B/);
  });

  it('takes a host name that begins with a hyphen for an option, and refuses it', async () => {
    expect((await run(['abort', '-oProxyCommand=reboot'])).exitCode).toBe(1);
  });

  it.each([
    ['--by', '\u001B[31mred'],
    ['--by', 'x'.repeat(129)],
    ['--why', 'two\nlines'],
    ['--why', 'x'.repeat(501)],
  ])('refuses %s with a hostile value', async (option, value) => {
    const { exitCode, stderr } = await run(['abort', 'web-1', option, value, ...NOBODY]);
    expect(exitCode).toBe(1);
    // eslint-disable-next-line no-control-regex
    expect(stderr).not.toMatch(/\u001B/);
  });

  it('ends with 3 when Temporal cannot be reached, and says where it tried and what to do', async () => {
    const { exitCode, stdout, stderr } = await run(['status', ...NOBODY]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/127\.0\.0\.1:1 cannot be reached/);
    expect(stderr).toMatch(/Next: .*patchcycle server/);
  });

  it('answers one JSON document also when Temporal cannot be reached', async () => {
    const ran = await run(['status', '--json', ...NOBODY]);
    expect(documentOf(ran)).toEqual({
      error: {
        type: 'TemporalUnreachable',
        message: expect.stringContaining('127.0.0.1:1'),
        remedy: expect.stringContaining('patchcycle server'),
      },
    });
    expect(ran.exitCode).toBe(3);
  });

  it('answers one JSON document also when the command line is wrong', async () => {
    const ran = await run(['status', '--json', '--nonsense']);
    expect(documentOf(ran)).toMatchObject({ error: { type: 'WrongUse' } });
    expect(ran.exitCode).toBe(1);
  });

  it('cuts a refused value, so that its reason is seen', async () => {
    const { stderr } = await run(['abort', 'web-1', '--why', 'a'.repeat(100_000)]);
    expect(stderr).toMatch(/--why.*500 characters/);
    expect(stderr.length).toBeLessThan(500);
  });

  it('names a file of policies and hosts that cannot be read', async () => {
    const { exitCode, stderr } = await run([
      'patch',
      'web-1',
      '--inventory',
      '/nowhere/fleet.yaml',
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('/nowhere/fleet.yaml');
  });

  it.each([['status'], ['worker']])(
    'tells %s with a wrong address how one is written',
    async (name) => {
      const ran = await run([name, '--json', '--address', 'http://127.0.0.1:1']);
      expect(documentOf(ran)).toMatchObject({
        error: { remedy: expect.stringContaining('HOST:PORT, without http://') },
      });
      expect(ran.exitCode).toBe(1);
    },
  );

  it('has no colours where nobody looks', async () => {
    const { stdout, stderr } = await run(['status', '--nonsense']);
    expect(stdout + stderr).not.toMatch(COLOUR);
  });

  it('has colours on a terminal', async () => {
    expect((await run(['status', '--nonsense'], { isTerminal: true })).stderr).toMatch(COLOUR);
  });

  it.each([
    ['NO_COLOR is set', { NO_COLOR: '1' }],
    ['the terminal is a dumb one', { TERM: 'dumb' }],
  ])('has no colours on a terminal where %s', async (_why, env) => {
    const { stderr } = await run(['status', '--nonsense'], { isTerminal: true, env });
    expect(stderr).not.toMatch(COLOUR);
    expect(stderr).toMatch(/unknown option/);
  });
});
