import {
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLParseError,
} from 'yaml';

/** One thing that is wrong with a file, for the person who wrote it. Lines and columns count from 1. */
export type FileError = {
  file: string;
  line: number;
  column: number;
  /** Where in the document: `policies.critical.window`; empty for the file as a whole. */
  path: string;
  message: string;
  /** What to do about it, a sentence. */
  remedy: string;
};

/** A thousand hosts take about 60 kB; a file of more than a megabyte is some other file. */
export const FILE_SIZE_MAX = 1_000_000;

/** A file in which nearly everything is wrong is the wrong file; the first errors show that. */
export const FILE_ERRORS_MAX = 100;

/** An anchor may be named once for each host of a large fleet; aliases of aliases multiply. */
const ALIASES_MAX = 10_000;

type Path = readonly PropertyKey[];

export type YamlSource = {
  /** Undefined when the YAML is broken. Of a key that is there twice it has the last. */
  value: unknown;
  errors: FileError[];
  /** Where the value at this path begins, or its key, or the nearest of its parents that is written down. */
  at(path: Path, what: 'key' | 'value'): { line: number; column: number };
};

/** Parses YAML so that everything in it can be found again. Never throws. */
export function readYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const position = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (text.length > FILE_SIZE_MAX) {
    const message = `the file has ${text.length} characters, a configuration has ${FILE_SIZE_MAX} at most`;
    const error = { file, line: 1, column: 1, path: '', message, remedy: 'Name the right file.' };
    return { value: undefined, errors: [error], at: () => ({ line: 1, column: 1 }) };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Silently a second document would be left out.
    logLevel: 'error',
  });
  const errors: FileError[] = causes(document.errors)
    .slice(0, FILE_ERRORS_MAX)
    .map((error) => ({ file, ...position(error.pos[0]), path: '', ...told(error) }));
  errors.push(
    ...unusableKeys(document).map((offset) => ({ file, ...position(offset), ...UNUSABLE })),
  );
  const broken = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
  const value = broken ? undefined : toValue(document, file, errors);
  return { value, errors, at: (path, what) => position(offsetOf(document, path, what)) };
}

const UNUSABLE = {
  path: '',
  message: 'the name "__proto__" cannot be used',
  remedy: 'Choose another name.',
};

/** Where a key is written that JavaScript has for itself: what it names would be left out without a word. */
function unusableKeys(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__') offsets.push(startOf(key) ?? 0);
    },
  });
  return offsets;
}

/** Where the parser gave up, everything after that follows from it. */
function causes(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const gaveUp = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  return gaveUp === undefined ? errors : [gaveUp];
}

function told({ code, message }: YAMLParseError): Pick<FileError, 'message' | 'remedy'> {
  switch (code) {
    case 'DUPLICATE_KEY':
      return { message, remedy: 'Keep one of the two.' };
    case 'MULTIPLE_DOCS':
      return {
        message: 'a second document begins here, and a configuration is one',
        remedy: 'Take the line "---" out, or make two files of it.',
      };
    case 'RESOURCE_EXHAUSTION':
      return { message: 'this is nested too deeply', remedy: 'Name the right file.' };
    default:
      return {
        message: message.replace(/\s+/g, ' '),
        remedy: 'Mend the YAML here; two spaces indent one level.',
      };
  }
}

/** Resolves anchors; a document whose aliases multiply beyond measure is refused by the library. */
function toValue(document: Document.Parsed, file: string, errors: FileError[]): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const remedy = 'Write the values out instead of using aliases.';
    errors.push({ file, line: 1, column: 1, path: '', message: error.message, remedy });
    return undefined;
  }
}

function offsetOf(document: Document.Parsed, path: Path, what: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    if (!isCollection(node)) break;
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === part);
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
      if (last && what === 'key') break;
    } else {
      node = node.items[Number(part)];
      offset = startOf(node) ?? offset;
    }
    if (last) offset = startOf(node) ?? offset;
    else if (!isCollection(node)) break;
  }
  return offset;
}

function startOf(node: unknown): number | null {
  const range = (node as { range?: [number, number, number] | null } | null)?.range;
  return range?.[0] ?? null;
}
