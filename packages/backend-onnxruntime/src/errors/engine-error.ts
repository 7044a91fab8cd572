/** The parts of an error message; a part that is left out is not printed. */
export interface EngineErrorOptions {
  /** Stable, upper case, e.g. `"ORT_RUN"`. */
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
  readonly code: string;

  constructor(options: EngineErrorOptions) {
    super(composeMessage(options), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.name = new.target.name;
  }
}

function composeMessage({ message, expected, received, tryThis }: EngineErrorOptions): string {
  const sentences = [message];
  if (expected !== undefined) sentences.push(`Expected ${expected}.`);
  if (received !== undefined) sentences.push(`Received ${received}.`);
  if (tryThis !== undefined) sentences.push(`Try: ${tryThis}`);
  return sentences.join(" ");
}
