import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { importDirections } from '../../scripts/lint/import-directions.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIRECTIONS = 'boundaries/dependencies';

const AT_THE_ROOT = ['activities', 'workflows', 'test', 'bench', 'examples', 'scripts'];
const PRODUCT = [
  ...['domain', 'planning', 'host', 'packages', 'backup', 'health', 'temporal', 'report', 'client'],
  ...['activities', 'worker', 'cli', 'workflows', 'store'],
];
const NOT_PRODUCT = ['lab', 'test', 'bench', 'examples', 'scripts'];

/** What each folder may import besides itself; every other pair is forbidden. */
const ALLOWED: Record<string, string[]> = {
  domain: [],
  planning: ['domain'],
  host: ['domain', 'planning'],
  packages: ['domain', 'planning', 'host'],
  backup: ['domain', 'planning', 'host'],
  health: ['domain', 'planning', 'host'],
  temporal: ['domain'],
  report: ['domain', 'planning'],
  store: ['domain', 'host'],
  client: ['domain', 'planning', 'temporal', 'report', 'store'],
  activities: 'domain planning host packages backup health temporal report store'.split(' '),
  worker: 'domain planning host packages backup health temporal report activities store'.split(' '),
  cli: ['domain', 'planning', 'temporal', 'report', 'client', 'worker', 'store'],
  workflows: ['domain', 'planning', 'temporal'],
};

let eslint: ESLint;

beforeAll(() => {
  eslint = new ESLint({
    cwd: ROOT,
    overrideConfigFile: true,
    overrideConfig: [
      { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
      importDirections,
    ] as NonNullable<ESLint.Options['overrideConfig']>,
  });
});

function folderOf(name: string): string {
  return AT_THE_ROOT.includes(name) ? name : join('src', name);
}

/** Some real file of the folder: the rule resolves what is imported. */
function someFileOf(name: string): string {
  const files = readdirSync(join(ROOT, folderOf(name)), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folderOf(name), file))
    .filter((file) => /\.(ts|mjs)$/.test(file) && statSync(join(ROOT, file)).isFile())
    .sort();
  const [first] = files;
  if (first === undefined) throw new Error(`${folderOf(name)} has no source file to import`);
  return first;
}

async function complaints(filePath: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: join(ROOT, filePath) });
  if (result === undefined) throw new Error(`${filePath} was not linted`);
  return result.messages.map(({ ruleId, message }) => ruleId ?? message);
}

/** Lints one line in `from` that imports a file of `to`. */
async function importing(from: string, to: string, keyword = 'import'): Promise<string[]> {
  const importer = join(folderOf(from), 'snippet.ts');
  const path = relative(folderOf(from), someFileOf(to));
  const source = path.startsWith('.') ? path : `./${path}`;
  return complaints(importer, `${keyword} { thing } from '${source}';\nvoid thing;\n`);
}

describe('a folder of the product', () => {
  for (const from of PRODUCT) {
    const allowed = [from, ...(ALLOWED[from] ?? [])];
    const forbidden = [...PRODUCT, ...NOT_PRODUCT].filter((to) => !allowed.includes(to));

    it(`${from} may import ${allowed.join(', ')}`, async () => {
      for (const to of allowed) {
        expect({ to, complaints: await importing(from, to) }).toEqual({ to, complaints: [] });
      }
    });

    it(`${from} may not import ${forbidden.join(', ')}`, async () => {
      for (const to of forbidden) {
        const found = await importing(from, to);
        expect({ to, complaints: found }).toEqual({ to, complaints: [DIRECTIONS] });
      }
    });
  }
});

describe('the lab, tests, benchmarks, examples and scripts', () => {
  it('may import everything', async () => {
    for (const from of NOT_PRODUCT) {
      for (const to of PRODUCT) {
        const found = await importing(from, to);
        expect({ from, to, complaints: found }).toEqual({ from, to, complaints: [] });
      }
    }
  });
});

describe('workflow code', () => {
  it('may import the types of activities', async () => {
    expect(await importing('workflows', 'activities', 'import type')).toEqual([]);
  });

  it.each(['node:fs', 'fs', 'execa', 'pino', '@temporalio/activity', '@temporalio/client'])(
    'may not import %s',
    async (source) => {
      const text = `import { thing } from '${source}';\nvoid thing;\n`;
      expect(await complaints('workflows/snippet.ts', text)).toEqual([DIRECTIONS]);
    },
  );

  it.each(['zod', '@temporalio/workflow', '@temporalio/common'])(
    'may import %s',
    async (source) => {
      const text = `import { thing } from '${source}';\nvoid thing;\n`;
      expect(await complaints('workflows/snippet.ts', text)).toEqual([]);
    },
  );
});

describe('execa', () => {
  const text = `import { execa } from 'execa';\nvoid execa;\n`;

  it.each(PRODUCT)('may not be imported in %s', async (folder) => {
    expect(await complaints(join(folderOf(folder), 'snippet.ts'), text)).toEqual([DIRECTIONS]);
  });

  it.each(['src/host/command.ts', 'src/lab/snippet.ts', 'scripts/snippet.ts', 'test/snippet.ts'])(
    'may be imported in %s',
    async (filePath) => {
      expect(await complaints(filePath, text)).toEqual([]);
    },
  );
});

describe('the domain', () => {
  it('may import zod and no other package', async () => {
    const line = (source: string) => `import { thing } from '${source}';\nvoid thing;\n`;
    expect(await complaints('src/domain/snippet.ts', line('zod'))).toEqual([]);
    expect(await complaints('src/domain/snippet.ts', line('yaml'))).toEqual([DIRECTIONS]);
  });
});

describe('a backup', () => {
  it("may import the package manager port's types, and nothing else of packages", async () => {
    const port = `import type { PackageManager } from '../packages/port.ts';\nexport type P = PackageManager;\n`;
    expect(await complaints('src/backup/snippet.ts', port)).toEqual([]);
    const value = `import { thing } from '../packages/port.ts';\nvoid thing;\n`;
    expect(await complaints('src/backup/snippet.ts', value)).toEqual([DIRECTIONS]);
  });
});

describe('a file in no known folder of src', () => {
  it('is reported', async () => {
    const found = await complaints('src/elsewhere/snippet.ts', 'export const thing = 1;\n');
    expect(found).toEqual(['boundaries/no-unknown-files']);
  });
});

describe("the project's own configuration", () => {
  it('enforces the import directions on product code', async () => {
    const configuration = (await new ESLint({ cwd: ROOT }).calculateConfigForFile(
      join(ROOT, 'workflows/index.ts'),
    )) as { rules: Record<string, [number, ...unknown[]]> };
    expect(configuration.rules[DIRECTIONS]?.[0]).toBe(2);
    expect(configuration.rules['boundaries/no-unknown-files']?.[0]).toBe(2);
    expect(configuration.rules['boundaries/no-unknown-dependencies']?.[0]).toBe(2);
  });
});
