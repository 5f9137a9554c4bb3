import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CommanderError } from 'commander';
import type { Io } from '../../src/cli/io.ts';
import { Kit } from '../../src/cli/kit.ts';
import { buildProgram } from '../../src/cli/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCS = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const PAGES = ['README.md', ...DOCS.map((name) => `docs/${name}`)];

/** What stands in the documentation where a reader puts something of their own. */
const EXAMPLES: Readonly<Record<string, string>> = {
  HOST: 'web-1',
  GROUP: 'web',
  POLICY: 'ordinary',
  NAME: 'november',
  PACKAGE: 'openssl',
  VERSION: '3.0.15-1~deb12u1',
  CYCLE: '20261128t020000z-01a22195',
  CHANGES: '5a459c9fcf70',
  D: '5a459c9fcf70',
  DATE: '2026-11-28',
  FILE: 'patchcycle.yaml',
  LIST: 'inventory.json',
  SHELL: 'bash',
};

/** A command whose name alone is mentioned needs no arguments. */
const ONLY_NAMED = ['commander.missingArgument', 'commander.missingMandatoryOptionValue'];

/** Lines of code whole, and commands in the middle of a sentence. */
function commandsOf(page: string): { command: string; isWhole: boolean }[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(/^```.*\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  const lines = blocks
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /^(?:\$ |npx |[^#]*\| )?(patchcycle .*)$/.exec(line)?.[1] ?? []);
  const prose = text.replace(/^```.*\n[^]*?^```$/gm, '');
  const spans = [...prose.matchAll(/`(patchcycle [^`]*)`/g)].map(([, span = '']) => span);
  return [
    ...lines.map((command) => ({ command, isWhole: true })),
    ...spans.map((command) => ({ command, isWhole: false })),
  ];
}

/** The words of a command as a shell would hand them over, with examples for what a reader fills in. */
function wordsOf(command: string): string[] {
  const [own = ''] = command.split(/ (?:#|&|>|\|) ?/);
  const words = own.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words
    .slice(1)
    .filter((word) => word !== '...')
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
    .map((word) => word.replace(/^\[|\]$/g, '').split('\\|')[0] ?? '')
    .map((word) => EXAMPLES[word] ?? word);
}

const SILENT: Io = {
  stdout: { write: () => true },
  stderr: { write: () => true },
  canAsk: false,
  env: {},
  workingDirectory: '/',
  stop: new AbortController().signal,
};

async function refusalOf(words: string[]): Promise<{ code: string; message: string } | null> {
  const kit = new Kit(SILENT);
  // Whether it is understood is what is asked, not what it does.
  kit.action = () => () => Promise.resolve();
  try {
    await buildProgram(kit, false).parseAsync(words, { from: 'user' });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isHelp = error.code === 'commander.help' || error.exitCode === 0;
    return isHelp ? null : { code: error.code, message: error.message };
  }
}

describe('the commands in the documentation', () => {
  it('are found, in lines and in sentences', () => {
    const all = PAGES.flatMap(commandsOf);
    expect(all.filter(({ isWhole }) => isWhole).length).toBeGreaterThan(20);
    expect(all.filter(({ isWhole }) => !isWhole).length).toBeGreaterThan(50);
  });

  it.each(PAGES)('of %s are understood as they are written', async (page) => {
    const refused: string[] = [];
    for (const { command, isWhole } of commandsOf(page)) {
      const refusal = await refusalOf(wordsOf(command));
      if (refusal === null || (!isWhole && ONLY_NAMED.includes(refusal.code))) continue;
      refused.push(`${command}: ${refusal.message}`);
    }
    expect(refused).toEqual([]);
  });
});
