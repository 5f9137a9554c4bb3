import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { StepFailure } from '../domain/failure.ts';
import { maskSecrets } from '../host/mask.ts';
import { folderStore } from './folder.ts';
import type { ReportStore } from './port.ts';
import type { Bucket } from './s3.ts';

/**
 * Where reports are kept: `PATCHCYCLE_REPORTS` (a folder, or `s3://bucket/prefix`), otherwise
 * `patchcycle/reports` in the XDG state directory of whoever asks.
 */
export function reportsLocation(environment: Record<string, string | undefined>): string {
  const state = environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return environment['PATCHCYCLE_REPORTS'] || join(state, 'patchcycle', 'reports');
}

/** Names of buckets as Amazon has them, and of folders in them. */
const S3_LOCATION =
  /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<prefix>[A-Za-z0-9._/-]{0,500}))?$/;

/** The store at this place; nothing is made or asked yet. Throws StepFailure `BadInput` on what names none. */
export async function openStore(location: string): Promise<ReportStore> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return folderStore(resolve(location));
  const bucket = bucketOf(location);
  // Its library takes a tenth of a second to load, and few need it.
  return (await import('./s3.ts')).s3Store(bucket);
}

function bucketOf(location: string): Bucket {
  const { bucket, prefix = '' } = S3_LOCATION.exec(location)?.groups ?? {};
  if (bucket !== undefined) {
    const folder = prefix.replace(/\/+$/, '');
    return { bucket, prefix: folder === '' ? '' : `${folder}/` };
  }
  throw new StepFailure(
    'BadInput',
    `Reports cannot be kept in ${JSON.stringify(maskSecrets(location).slice(0, 200))}.`,
    { remedy: 'Name a folder, or a bucket as s3://BUCKET or s3://BUCKET/FOLDER.' },
  );
}
