/**
 * A channel did not take a message. The sentence is kept in Temporal: it names what happened by
 * statuses and codes, and quotes nothing that the other side said.
 */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
  /** Whether it may take the same message later. */
  readonly retryable: boolean;
  /** How long the other side asks to be left alone. */
  readonly waitMs: number | null;

  constructor(what: string, retryable: boolean, waitMs: number | null = null) {
    super(what);
    this.retryable = retryable;
    this.waitMs = waitMs;
  }
}
