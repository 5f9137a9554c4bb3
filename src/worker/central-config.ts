import { readFile } from 'node:fs/promises';
import { readSecret } from '../../activities/control/secret.ts';
import { CentralConfig, isChannelUrl, type Channel } from '../domain/central-config.ts';
import { durationMs } from '../domain/duration.ts';
import { StepFailure } from '../domain/failure.ts';
import type { GatherRules } from '../domain/notice.ts';
import { parseYaml } from '../planning/yaml-issues.ts';

/**
 * Reads the file of the central workers; without one the defaults. Every secret is looked for now,
 * because at night nobody is there to be told of one that is missing. Fails with `BadInput` that
 * names every error.
 */
export async function loadCentralConfig(path: string | undefined): Promise<CentralConfig> {
  if (path === undefined) return CentralConfig.parse({});
  const parsed = parseYaml(await textOf(path), path, CentralConfig);
  if (!parsed.ok) {
    throw wrong(
      path,
      parsed.errors.map(
        ({ line, column, message, remedy }) => `${path}:${line}:${column}: ${message}. ${remedy}`,
      ),
    );
  }
  const { channels } = parsed.value.notifications;
  const checked = Object.entries(channels).map(async ([name, channel]) => {
    const problem = await problemOf(channel);
    return problem === null ? [] : [`notifications.channels.${name}: ${problem}`];
  });
  const problems = (await Promise.all(checked)).flat();
  if (problems.length > 0) throw wrong(path, problems);
  return parsed.value;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw wrong(path, [error instanceof Error ? error.message : String(error)]);
  }
}

async function problemOf(channel: Channel): Promise<string | null> {
  try {
    if (channel.type === 'webhook') await readSecret(channel.secret);
    else if (channel.type === 'mail') {
      if (channel.login !== undefined) await readSecret(channel.login.password);
      if (channel.server.ca !== undefined) await readFile(channel.server.ca);
    } else if (!isChannelUrl(await readSecret(channel.url))) {
      return 'what is named under url is no address: https://…, without user and password';
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wrong(path: string, findings: string[]): StepFailure {
  const shown = findings.slice(0, 50);
  return new StepFailure(
    'BadInput',
    `${path} is wrong, so the worker does not start. ${shown.join(' ')}`,
    {
      remedy: 'Correct it and start the worker again; docs/notifications.md has every key.',
      findings: shown,
    },
  );
}

/** What a workflow has to know of the configuration: names and times, no address and no secret. */
export function gatherRules({ notifications }: CentralConfig): GatherRules {
  const { gather, repeat, perHour, channels } = notifications;
  return {
    gatherMs: durationMs(gather),
    repeatMs: durationMs(repeat),
    perHour,
    channels: Object.entries(channels).map(([name, { kinds }]) => ({ name, kinds })),
  };
}
