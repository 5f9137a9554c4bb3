import { runAgent } from './agent.ts';
import { failureText, isHostsOwn } from './failure-text.ts';
import { sayToStderr } from './say.ts';

/** EX_CONFIG of sysexits.h. The unit does not start the agent again after it: a person has to mend something first. */
const EXIT_CONFIGURATION = 78;

// What the agent's systemd unit runs.
runAgent().catch((error: unknown) => {
  sayToStderr(failureText(error));
  process.exitCode = isHostsOwn(error) ? EXIT_CONFIGURATION : 1;
});
