import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCommands } from '../../src/host/command-log.ts';
import { commandFailure, createRunCommand } from '../../src/host/command.ts';
import { readProcess } from '../../src/host/process-table.ts';
import { untilGone } from './support/processes.ts';
import { temporaryDirectory } from './support/temporary.ts';

const run = createRunCommand({ cycleDirectory: null, step: 'test' });
const CANARY = 'c4n4ry0123456789abcdef';

describe('a command', () => {
  beforeAll(() => void (process.env['PATCHCYCLE_TEST_SECRET'] = CANARY));
  afterAll(() => void delete process.env['PATCHCYCLE_TEST_SECRET']);

  it('answers its outputs and its exit code, whatever it is', async () => {
    const result = await run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(result).toMatchObject({ exitCode: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
    expect(result).toMatchObject({ timedOut: false, truncated: false });
  });

  it('gets a clean environment and what is added, and nothing of the agent', async () => {
    const { stdout } = await run(['env'], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
    expect(stdout.trim().split('\n').sort()).toEqual([
      'DEBIAN_FRONTEND=noninteractive',
      'LC_ALL=C',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ]);
  });

  it('gets no shell: arguments arrive as they are', async () => {
    const hostile = ['$(touch /tmp/x)', '; rm -rf /', "it's", 'two\nlines', '*', '-n'];
    const { stdout } = await run(['printf', '[%s]', ...hostile]);
    expect(stdout).toBe(hostile.map((argument) => `[${argument}]`).join(''));
  });

  it('has its standard input closed', async () => {
    expect(await run(['cat'])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('reads what it is given, and may end without having read it', async () => {
    expect(await run(['cat'], { input: 'two\nlines' })).toMatchObject({ stdout: 'two\nlines' });
    const unread = await run(['true'], { input: 'x'.repeat(1_000_000) });
    expect(unread).toMatchObject({ exitCode: 0 });
  });

  it('answers in words when it cannot be started', async () => {
    const result = await run(['no-such-program', 'x']);
    expect(result.exitCode).toBeNull();
    expect(result.stderr).toContain('ENOENT');
  });

  it('is read to its end when it writes more than is kept', async () => {
    const result = await run(['sh', '-c', 'head -c 3000000 /dev/zero; echo done >&2'], {
      maxOutputBytes: 1_000,
    });
    expect(result.stdout).toHaveLength(1_000);
    expect(result).toMatchObject({ exitCode: 0, truncated: true, stderr: 'done\n' });
  });

  it('is ended at its time limit with all that it has started', async () => {
    const result = await run(['sh', '-c', 'sleep 60 & echo $!; sleep 60'], { timeoutMs: 300 });
    expect(result).toMatchObject({ exitCode: null, timedOut: true });
    await untilGone(Number(result.stdout));
  });

  it('is killed when it does not heed the time limit', async () => {
    const result = await run(['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'], {
      timeoutMs: 200,
    });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true });
  });

  it('is not waited for beyond its end when a service that it started keeps its output open', async () => {
    const result = await run(['sh', '-c', 'sleep 30 & echo $!; exit 0'], { timeoutMs: 10_000 });
    expect(result).toMatchObject({ exitCode: 0, timedOut: false });
    const service = await readProcess(Number(result.stdout));
    expect(service?.name).toBe('sleep');
    process.kill(Number(result.stdout), 'SIGKILL');
  });

  it('is ended when its step is cancelled, which throws the reason', async () => {
    const controller = new AbortController();
    const directory = await temporaryDirectory();
    const cancellable = createRunCommand({
      cycleDirectory: directory,
      step: 'test',
      signal: controller.signal,
    });
    const running = cancellable(['sleep', '61']);
    await sleep(100);
    controller.abort(new Error('cancelled by a person'));
    await expect(running).rejects.toThrow('cancelled by a person');
    await expect(cancellable(['true'])).rejects.toThrow('cancelled by a person');
    expect(await readCommands(directory)).toMatchObject([
      { argv: ['sleep', '61'], exitCode: null },
    ]);
  });

  it('is written to the log of its cycle, secrets masked and long lists cut', async () => {
    const directory = await temporaryDirectory();
    const logging = createRunCommand({ cycleDirectory: directory, step: 'upgrade' });
    await logging(['true', '--password', CANARY, `https://u:${CANARY}@mirror.example/`]);
    await logging(['false', ...Array.from({ length: 100 }, (_, index) => `package-${index}`)]);
    const [first, second] = await readCommands(directory);
    expect(first).toMatchObject({ step: 'upgrade', exitCode: 0 });
    expect(first?.argv).toEqual(['true', '--password', '***', 'https://***@mirror.example/']);
    expect(second).toMatchObject({ exitCode: 1 });
    expect(second?.argv).toHaveLength(41);
    expect(second?.argv.at(-1)).toBe('(61 more arguments)');
  });
});

describe('commandFailure', () => {
  it('carries command, exit code and the masked end of standard error', async () => {
    const result = await run([
      'sh',
      '-c',
      `head -c 5000 /dev/zero | tr '\\0' x >&2; echo "token=${CANARY}" >&2; echo the end >&2; exit 100`,
    ]);
    const failure = commandFailure('MirrorUnreachable', 'apt failed.', result, 'Look at it.');
    expect(failure).toMatchObject({
      type: 'MirrorUnreachable',
      message: 'apt failed.',
      retryable: true,
    });
    expect(failure.details.command).toMatchObject({ exitCode: 100 });
    const tail = failure.details.command?.stderrTail ?? '';
    expect(tail).toHaveLength(2_000);
    expect(tail.endsWith('token=***\nthe end')).toBe(true);
    expect(JSON.stringify(failure.details.command?.argv)).not.toContain(CANARY);
  });
});
