/**
 * The mark of every error of lightning-ts, the same as in `@lightning-ts/core`, which the engine does not know:
 * `LightningError.isInstance` and `instanceof LightningError` hold for the engine's errors too.
 */
const MARKER = Symbol.for("lightning-ts.error");
const ENGINE_MARKER = Symbol.for("lightning-ts.engine-error");

/** The parts of an error message; a part that is left out is not printed. */
export interface EngineErrorOptions {
  /** Stable, upper case, e.g. `"LIT_ENGINE_GRAPH_RUN"`. */
  readonly code: string;
  /** What happened, one sentence. */
  readonly message: string;
  readonly expected?: string | undefined;
  readonly received?: string | undefined;
  /** What the reader can do next. */
  readonly tryThis?: string | undefined;
  readonly cause?: unknown;
}

/** Base of every error of this engine. The message reads: what happened. Expected … Received …. Try: …. */
export class EngineError extends Error {
  /** Stable; `docs/guides/errors.md` lists them. */
  readonly code: string;

  constructor(options: EngineErrorOptions) {
    super(composeMessage(options), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.name = new.target.name;
    Object.defineProperty(this, MARKER, { value: true });
    Object.defineProperty(this, ENGINE_MARKER, { value: true });
  }

  /** True for errors of the engine, also when several copies of it are loaded. */
  static isInstance(value: unknown): value is EngineError {
    return typeof value === "object" && value !== null && ENGINE_MARKER in value;
  }
}

function composeMessage({ message, expected, received, tryThis }: EngineErrorOptions): string {
  const sentences = [message];
  if (expected !== undefined) sentences.push(`Expected ${expected}.`);
  if (received !== undefined) sentences.push(`Received ${received}.`);
  if (tryThis !== undefined) sentences.push(`Try: ${tryThis}`);
  return sentences.join(" ");
}
