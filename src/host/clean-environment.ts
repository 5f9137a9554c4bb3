/**
 * The whole environment of everything that runs on a host. Nothing of the agent's own is
 * inherited: its environment can hold an API key. `LC_ALL=C` keeps the outputs parsable.
 */
export const CLEAN_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};
