import type { HostTools } from '../../host/tools.ts';
import { runPackageTool } from './run.ts';

/** The architecture whose packages are named without it. */
export async function nativeArchitecture(tools: HostTools): Promise<string> {
  const { stdout } = await runPackageTool(
    tools,
    ['dpkg', '--print-architecture'],
    "the host's package architecture could not be read",
  );
  return stdout.trim();
}
