import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { errnoOf } from '../../../src/host/errno.ts';

/** Few names, so that operations hit what others have made; every kind of trouble in one of them. */
const NAME = fc.constantFrom('a', 'b', '-c', 'd\ne', 'ü', ' f', "g'h");
const PATH = fc.array(NAME, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const CONTENT = fc.oneof(fc.string({ maxLength: 40 }), fc.constant('x'.repeat(5_000)));

const OPERATION = fc.oneof(
  fc.record({ do: fc.constant('write' as const), path: PATH, content: CONTENT }),
  fc.record({ do: fc.constant('append' as const), path: PATH, content: CONTENT }),
  fc.record({ do: fc.constant('directory' as const), path: PATH }),
  fc.record({ do: fc.constant('remove' as const), path: PATH }),
  fc.record({ do: fc.constant('symlink' as const), path: PATH, to: PATH }),
  fc.record({ do: fc.constant('link' as const), path: PATH, to: PATH }),
  fc.record({ do: fc.constant('rename' as const), path: PATH, to: PATH }),
  fc.record({ do: fc.constant('pipe' as const), path: PATH }),
  fc.record({
    do: fc.constant('sparse' as const),
    path: PATH,
    size: fc.integer({ min: 1, max: 900_000 }),
  }),
  fc.record({
    do: fc.constant('mode' as const),
    path: PATH,
    mode: fc.integer({ min: 0, max: 0o7777 }),
  }),
  fc.record({
    do: fc.constant('time' as const),
    path: PATH,
    seconds: fc.integer({ min: 0, max: 2e9 }),
  }),
);

export type Operation = Parameters<Parameters<typeof OPERATION.map>[0]>[0];

export function operations(maxLength: number): fc.Arbitrary<Operation[]> {
  return fc.array(OPERATION, { maxLength });
}

/** Carries out what can be carried out; what the operating system refuses does not happen. */
export function applyOperations(directory: string, list: readonly Operation[]): void {
  for (const operation of list) {
    try {
      apply(directory, operation);
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }
}

function apply(directory: string, operation: Operation): void {
  const path = join(directory, operation.path);
  const put = (): string => {
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  switch (operation.do) {
    case 'write':
      return isPipe(path) ? undefined : writeFileSync(put(), operation.content);
    case 'append':
      return isPipe(path) ? undefined : appendFileSync(path, operation.content);
    case 'directory':
      return void mkdirSync(path, { recursive: true });
    case 'remove':
      return rmSync(path, { recursive: true });
    case 'symlink':
      return symlinkSync(operation.to, put());
    case 'link':
      return linkSync(join(directory, operation.to), put());
    case 'rename':
      return renameSync(join(directory, operation.to), put());
    case 'pipe':
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) execFileSync('mkfifo', [put()]);
      return;
    case 'sparse':
      return truncateSync(path, operation.size);
    case 'mode':
      // Without any rights for their owner, files could only be backed up by root.
      return lstatSync(path).isSymbolicLink()
        ? undefined
        : chmodSync(path, operation.mode | (lstatSync(path).isDirectory() ? 0o700 : 0o400));
    case 'time':
      return lstatSync(path).isSymbolicLink()
        ? undefined
        : utimesSync(path, operation.seconds, operation.seconds);
  }
}

/** Opening a pipe for writing would wait for ever for somebody who reads. */
function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}
