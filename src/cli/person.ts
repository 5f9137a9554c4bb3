import { userInfo } from 'node:os';
import { PersonName } from '../domain/names.ts';
import { BadRequest } from '../client/index.ts';
import type { Io } from './io.ts';

/**
 * Who decides or asks: `--by`, else the login. Behind sudo it is the person who called it, because
 * "root" names nobody.
 */
export function personName(io: Io, by: string | undefined): string {
  const name = by ?? io.env['SUDO_USER'] ?? userInfo().username;
  const parsed = PersonName.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new BadRequest(
    `${JSON.stringify(name)} cannot stand for a person: ${parsed.error.issues[0]?.message}`,
    'Say who you are with --by NAME.',
  );
}
