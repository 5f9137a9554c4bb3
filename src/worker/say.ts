/** Says one sentence to whoever reads the process's log. */
export type Say = (sentence: string) => void;

/** To standard error, which is the unit's journal; systemd adds time and name. */
export const sayToStderr: Say = (sentence) => {
  process.stderr.write(`${sentence}\n`);
};
