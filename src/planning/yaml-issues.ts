import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { keysOf } from './schema-keys.ts';
import { FILE_ERRORS_MAX, readYaml, type FileError, type YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;
type Parsed<T> = { ok: true; value: T } | { ok: false; errors: FileError[] };

/**
 * Reads a YAML file by a schema. Everything that is wrong is told at once, in the order of the
 * file; broken YAML is told alone, because nothing after it can be trusted.
 */
export function parseYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): Parsed<z.output<Schema>> {
  const source = readYaml(text, file);
  if (source.errors.length > 0) return { ok: false, errors: source.errors };
  const parsed = schema.safeParse(source.value ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, errors: locate(source, file, parsed.error, schema) };
}

/**
 * What a schema found wrong with the content of a YAML file, with the places in it. With the
 * schema at hand an unknown key is told with the known one that it resembles.
 */
export function locateIssues(
  text: string,
  file: string,
  error: z.ZodError,
  schema?: z.ZodType,
): FileError[] {
  return locate(readYaml(text, file), file, error, schema);
}

function locate(
  source: YamlSource,
  file: string,
  error: z.ZodError,
  schema?: z.ZodType,
): FileError[] {
  return explainIssues(error, source.value, schema)
    .map(({ path, what, message, remedy }) => ({
      file,
      ...source.at(path, what),
      path: path.map(String).join('.'),
      message,
      remedy,
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, FILE_ERRORS_MAX);
}

export type Explained = {
  path: PropertyKey[];
  what: 'key' | 'value';
  message: string;
  remedy: string;
};

/** What a schema found wrong with a value, in words; `under` is where the value lies in its file. */
export function explainIssues(
  error: z.ZodError,
  value: unknown,
  schema?: z.ZodType,
  under: readonly PropertyKey[] = [],
): Explained[] {
  return error.issues.flatMap((issue) => explain(issue, value, schema, [...under, ...issue.path]));
}

function explain(
  issue: Issue,
  value: unknown,
  schema: z.ZodType | undefined,
  path: PropertyKey[],
): Explained[] {
  const where = path.length === 0 ? 'the file' : `"${path.map(String).join('.')}"`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = schema === undefined ? [] : keysOf(schema, issue.path);
        const remedy = known.length === 0 ? 'Remove it.' : `Known here: ${known.join(', ')}.`;
        const message = `unknown key "${shorten(key)}"${didYouMean(key, known) ?? ''}`;
        return { path: [...path, key], what: 'key', message, remedy };
      });
    case 'invalid_key': {
      const name = shorten(String(path.at(-1)));
      const why = issue.issues[0]?.message ?? 'it is not a name';
      return [
        {
          path,
          what: 'key',
          message: `the name "${name}" cannot be used: ${why}`,
          remedy: 'Choose another name.',
        },
      ];
    }
    case 'invalid_type':
      if (!isWritten(value, issue.path)) {
        const key = String(path.at(-1));
        const parent = path.slice(0, -1);
        const remedy = `Add "${key}": ${aOr(issue.expected)}.`;
        return [
          {
            path,
            what: 'key',
            message: `"${key}" is missing${parent.length === 0 ? '' : ` in "${parent.map(String).join('.')}"`}`,
            remedy,
          },
        ];
      }
      return [
        {
          path,
          what: 'value',
          message: `${where} is not ${aOr(issue.expected)}`,
          remedy: `Write ${aOr(issue.expected)} here.`,
        },
      ];
    case 'invalid_value': {
      const values = issue.values.map(String);
      const written = String(valueAt(value, issue.path));
      const message = `${where} is none of ${values.join(', ')}${didYouMean(written, values) ?? ''}`;
      return [{ path, what: 'value', message, remedy: `Write one of ${values.join(', ')}.` }];
    }
    case 'too_small':
      return [
        {
          path,
          what: 'value',
          message: `${where} ${bound(issue.origin, 'at least', issue.minimum)}`,
          remedy: 'Change it so that it lies within.',
        },
      ];
    case 'too_big':
      return [
        {
          path,
          what: 'value',
          message: `${where} ${bound(issue.origin, 'at most', issue.maximum)}`,
          remedy: 'Change it so that it lies within.',
        },
      ];
    default:
      return [
        {
          path,
          what: 'value',
          message: `${where}: ${sentence(issue)}`,
          remedy: 'Correct the value.',
        },
      ];
  }
}

function bound(origin: string, side: 'at least' | 'at most', limit: number | bigint): string {
  const units: Record<string, string> = { array: 'entries', string: 'characters' };
  const unit = units[origin];
  return unit === undefined ? `must be ${side} ${limit}` : `must have ${side} ${limit} ${unit}`;
}

function sentence({ code, message }: Issue): string {
  return code === 'invalid_format' && message === 'Invalid URL'
    ? 'not a URL; one reads http://127.0.0.1/health'
    : message;
}

const KINDS: Record<string, string> = {
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function aOr(expected: string): string {
  return KINDS[expected] ?? expected;
}

function isWritten(value: unknown, path: readonly PropertyKey[]): boolean {
  return path.length === 0 || valueAt(value, path) !== undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (node, part) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, part)
        ? (node as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
