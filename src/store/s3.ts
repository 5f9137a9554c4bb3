import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { StepFailure } from '../domain/failure.ts';
import { STORED_FILE_MAX, Unreadable, type ReportStore } from './port.ts';
import { SIGNPOST } from './signpost.ts';

/** A bucket and what every key begins with: empty, or it ends with a slash. */
export type Bucket = { bucket: string; prefix: string };

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

const REQUEST_TIMEOUT_MS = 20_000;
const CONNECTION_TIMEOUT_MS = 5_000;

/**
 * Reports in a bucket of Amazon S3 or anything compatible. Region, endpoint and credentials are
 * those of AWS's own configuration: its environment variables, files and roles.
 */
export function s3Store({ bucket, prefix }: Bucket): ReportStore {
  const location = `s3://${bucket}/${prefix}`;
  const client = new S3Client({
    // Bucket names as parts of a host name need DNS for each, which stores of one's own seldom have.
    forcePathStyle: hasOwnEndpoint(),
    // Checksums that are not required are not understood by every compatible store.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(hasRegion() ? {} : { region: 'us-east-1' }),
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });

  async function* names(beginning: string, ending: string): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const page = await attempt(location, () =>
        client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix + beginning,
            // Deeper "folders" are somebody else's.
            Delimiter: '/',
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key = '' } of page.Contents ?? []) {
        if (Key.endsWith(ending)) yield Key.slice(prefix.length);
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async function look(): Promise<void> {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 });
    await attempt(location, () => client.send(command));
  }

  async function put(name: string, content: string): Promise<string> {
    const ContentType = CONTENT_TYPES[extname(name)] ?? 'application/octet-stream';
    const object = { Bucket: bucket, Key: prefix + name, Body: content, ContentType };
    await attempt(location, () => client.send(new PutObjectCommand(object)));
    return location + name;
  }

  return {
    location,
    async exists() {
      await look();
      return true;
    },
    async prepare() {
      await look();
      await put(SIGNPOST.name, SIGNPOST.content);
    },
    put,
    get: (name) => attempt(location, () => download(client, bucket, prefix + name)),
    list: names,
  };
}

async function download(client: S3Client, bucket: string, key: string): Promise<string | null> {
  try {
    const { Body, ContentLength = 0 } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key }),
    );
    if (ContentLength > STORED_FILE_MAX) {
      // The connection is not free before its answer is read or given up.
      if (Body instanceof Readable) Body.destroy();
      throw new Unreadable(`it has ${ContentLength} bytes`);
    }
    return (await Body?.transformToString()) ?? '';
  } catch (error) {
    if (error instanceof NoSuchKey) return null;
    throw error;
  }
}

function hasOwnEndpoint(): boolean {
  const { env } = process;
  return Boolean(env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']);
}

/** Compatible stores have no regions, and a signature needs one. */
function hasRegion(): boolean {
  const { env } = process;
  return !hasOwnEndpoint() || Boolean(env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']);
}

async function attempt<T>(location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    const why =
      error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
    throw new StepFailure(
      'ReportStoreFailed',
      `The store of reports, ${location}, failed: ${why.slice(0, 500)}.`,
      {
        remedy:
          "Check AWS's configuration of whoever runs this: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_PROFILE or AWS_ACCESS_KEY_ID, and that they may list, read and write in the bucket.",
      },
    );
  }
}
