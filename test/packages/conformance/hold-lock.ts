import { setTimeout as sleep } from 'node:timers/promises';
import type { LabHost } from '../../../src/lab/host.ts';

/** A lock that is kept by its holder's number in a file is held by writing it there, any other by fcntl. */
const PROGRAM = `use Fcntl;
  open my $lock, '>>', $ARGV[0] or die;
  # struct flock of Linux on 64 bits.
  my $whole = pack('s s x4 q q l x4', F_WRLCK, 0, 0, 0, 0);
  fcntl($lock, F_SETLK, $whole) or die;
  if ($ARGV[0] =~ /[.]pid$/) { truncate $lock, 0; syswrite $lock, $$ or die; }
  open my $ready, '>', $ARGV[1] or die;
  close $ready;
  sleep 600;
`;

/**
 * Has a process of another tool on the host take this lock. Answers what ends it, which throws when
 * somebody else has ended it before.
 */
export async function holdLock(host: LabHost, path: string): Promise<() => Promise<void>> {
  const ready = '/run/lock-is-held';
  const unit = 'holder-of-lock';
  const program = '/usr/local/lib/hold-lock.pl';
  await host.writeFile(program, PROGRAM);
  await host.runOrThrow(['rm', '-f', ready]);
  const start = ['systemd-run', '--collect', `--unit=${unit}`] as const;
  await host.runOrThrow([...start, '/usr/bin/perl', program, path, ready]);
  for (let tries = 0; (await host.run(['test', '-e', ready])).exitCode !== 0; tries += 1) {
    if (tries > 250) throw new Error('nobody took the lock');
    await sleep(20);
  }
  return async () => {
    const { stdout } = await host.run(['systemctl', 'is-active', unit]);
    await host.run(['systemctl', 'stop', unit]);
    await host.runOrThrow(['rm', '-f', program]);
    if (path.endsWith('.pid')) await host.runOrThrow(['rm', '-f', path]);
    if (stdout !== 'active\n') throw new Error('the holder of the lock was ended');
  };
}
