import boundaries from 'eslint-plugin-boundaries';
import type { ESLint, Linter } from 'eslint';

/**
 * Which folder may import which. Imports run one way; `eslint .` fails on one that runs the other.
 * What is not listed here is forbidden. A folder may always import itself.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
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
  activities: [
    ...['domain', 'planning', 'host', 'packages', 'backup', 'health', 'temporal', 'report'],
    'store',
  ],
  worker: [
    ...['domain', 'planning', 'host', 'packages', 'backup', 'health', 'temporal', 'report'],
    ...['activities', 'store'],
  ],
  cli: ['domain', 'planning', 'temporal', 'report', 'client', 'worker', 'store'],
  workflows: ['domain', 'planning', 'temporal'],
};
const FOLDERS = Object.keys(MAY_IMPORT);
/** They use the product; the product does not know them. */
const USERS = ['lab', 'test', 'bench', 'examples', 'scripts'];

const AT_THE_ROOT = ['activities', 'workflows', 'test', 'bench', 'examples', 'scripts'];
const elements = [...FOLDERS, ...USERS].map((type) => ({
  type,
  pattern: AT_THE_ROOT.includes(type) ? `${type}/**` : `src/${type}/**`,
  partialMatch: false,
}));

/** Packages that a folder may import; a folder that is missing here may import any but execa. */
const PACKAGES: Readonly<Record<string, string[]>> = {
  domain: ['zod'],
  planning: ['zod', 'canonicalize', 'node-ical', 'rrule-temporal', 'temporal-polyfill', 'yaml'],
  workflows: ['zod', '@temporalio/workflow', '@temporalio/common'],
};

const element = (types: string | readonly string[]) => ({
  element: { types: { anyOf: [types].flat() } },
});
const packageOf = (source: string | string[]) => ({ module: { origin: 'external', source } });
const core = { module: { origin: 'core' } };

const policies = [
  ...Object.entries(MAY_IMPORT).map(([folder, others]) => ({
    from: element(folder),
    allow: { to: element([folder, ...others]) },
  })),
  { from: element(USERS), allow: { to: element([...FOLDERS, ...USERS]) } },
  {
    from: element('workflows'),
    allow: { to: element('activities'), dependency: { kind: 'type' } },
  },
  {
    from: element('backup'),
    allow: { to: { file: { path: 'src/packages/port.ts' } }, dependency: { kind: 'type' } },
  },
  { allow: { to: [packageOf('**'), core] } },
  ...Object.entries(PACKAGES).flatMap(([folder, sources]) => [
    { from: element(folder), disallow: { to: packageOf('**') } },
    { from: element(folder), allow: { to: packageOf(sources) } },
  ]),
  // Workflow code is replayed: it may not know of a clock, a disk or a network.
  { from: element('workflows'), disallow: { to: core } },
  // One file runs commands, so that every command is bounded and written to the cycle's log.
  { from: element(FOLDERS), disallow: { to: packageOf('execa') } },
  { from: { file: { path: 'src/host/command.ts' } }, allow: { to: packageOf('execa') } },
];

/** The part of ESLint's configuration that holds the import directions. */
export const importDirections: Linter.Config = {
  files: ['src/**/*.ts', ...AT_THE_ROOT.map((folder) => `${folder}/**/*.{ts,mjs}`)],
  plugins: { boundaries: boundaries as ESLint.Plugin },
  settings: {
    'boundaries/elements': elements,
    'boundaries/legacy-templates': false,
    'import/resolver': { node: { extensions: ['.ts', '.mjs', '.js'] } },
  },
  rules: {
    'boundaries/dependencies': ['error', { default: 'disallow', checkAllOrigins: true, policies }],
    'boundaries/no-unknown-files': 'error',
    'boundaries/no-unknown-dependencies': 'error',
  },
};
