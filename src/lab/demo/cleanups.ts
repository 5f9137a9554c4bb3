/** Everything that was started, to be removed in reverse, whatever happens. */
export class Cleanups {
  readonly #steps: { name: string; run: () => Promise<unknown> }[] = [];
  #running: Promise<string[]> | null = null;

  add(name: string, run: () => Promise<unknown>): void {
    this.#steps.push({ name, run });
  }

  /**
   * Runs all of them, one after the other, the newest first; one that fails does not keep the
   * others from running. Called again, it answers the first run's result: a sentence for each
   * that failed.
   */
  run(say: (line: string) => void): Promise<string[]> {
    this.#running ??= this.#runAll(say);
    return this.#running;
  }

  async #runAll(say: (line: string) => void): Promise<string[]> {
    const failures: string[] = [];
    for (const { name, run } of this.#steps.toReversed()) {
      try {
        await run();
      } catch (error) {
        const failure = `${name} could not be removed: ${error instanceof Error ? error.message : String(error)}`;
        say(failure);
        failures.push(failure);
      }
    }
    return failures;
  }
}
