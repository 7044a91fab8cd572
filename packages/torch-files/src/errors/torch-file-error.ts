/**
 * The mark of every error of lightning-ts, the same as in `@lightning-ts/core`, which this package does not know:
 * `LightningError.isInstance` and `instanceof LightningError` hold for these errors too.
 */
const MARKER = Symbol.for("lightning-ts.error");

/** The parts of an error message; a part that is left out is not printed. */
export interface TorchFileErrorOptions {
  /** What happened, one sentence. */
  readonly message: string;
  readonly expected?: string | undefined;
  readonly received?: string | undefined;
  /** What the reader can do next. */
  readonly tryThis?: string | undefined;
  readonly cause?: unknown;
  /** @default "LIT_TORCH_FILE" */
  readonly code?: string | undefined;
}

/** Bytes that are no file of `torch.save`, or one that is damaged, or holds what cannot be read. */
export class TorchFileError extends Error {
  /** Stable; `docs/guides/errors.md` lists them. */
  readonly code: string;

  constructor(options: TorchFileErrorOptions) {
    super(composeMessage(options), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code ?? "LIT_TORCH_FILE";
    this.name = "TorchFileError";
    Object.defineProperty(this, MARKER, { value: true });
  }
}

function composeMessage({ message, expected, received, tryThis }: TorchFileErrorOptions): string {
  const sentences = [message];
  if (expected !== undefined) sentences.push(`Expected ${expected}.`);
  if (received !== undefined) sentences.push(`Received ${received}.`);
  if (tryThis !== undefined) sentences.push(`Try: ${tryThis}`);
  return sentences.join(" ");
}
