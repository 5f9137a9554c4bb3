import { runAgent } from './agent.ts';
import { sayToStderr } from './say.ts';

// What the agent's systemd unit runs. Ends with 1 when this host is not fit for an agent.
runAgent().catch((error: unknown) => {
  sayToStderr(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
