import { withoutBundlerMark } from "./class-name.js";
import { hasUserFrame, showUserFirst } from "./user-frames.js";
import { visibleText } from "./visible-text.js";

const MARKER = Symbol.for("lightning-ts.error");

/** The parts of an error message; a part that is left out is not printed. */
export interface LightningErrorOptions {
  /** Stable, upper case, e.g. `"LIT_CKPT_MISMATCH"`. */
  readonly code: string;
  /** What happened, one sentence. */
  readonly message: string;
  readonly expected?: string | undefined;
  readonly received?: string | undefined;
  /** What the reader can do next. */
  readonly tryThis?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Base of every error that lightning-ts throws.
 * The message reads: what happened. Expected … Received …. Try: …. The stack begins with the user's own frame, that of
 * the cause where it has one: that is the code that threw.
 */
export class LightningError extends Error {
  /** Stable, one for each kind of problem; `docs/guides/errors.md` lists them with what to do. */
  readonly code: string;

  constructor(options: LightningErrorOptions) {
    super(composeMessage(options), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.name = withoutBundlerMark(new.target.name);
    Object.defineProperty(this, MARKER, { value: true });
    const { cause } = options;
    showUserFirst(this, cause instanceof Error && hasUserFrame(cause) ? cause : this);
  }

  /** True for errors of this library, also when several copies of it are loaded. */
  static isInstance(value: unknown): value is LightningError {
    return typeof value === "object" && value !== null && MARKER in value;
  }

  /** `instanceof LightningError` also holds for the engine's errors and for those of another copy of this library. */
  static override [Symbol.hasInstance]<TClass extends abstract new (...args: never) => unknown>(
    this: TClass,
    value: unknown,
  ): value is InstanceType<TClass> {
    return Object.is(this, LightningError) ? LightningError.isInstance(value) : isMadeBy(this, value);
  }
}

/** What `instanceof` says by itself. */
function isMadeBy(constructor: abstract new (...args: never) => unknown, value: unknown): boolean {
  return Function.prototype[Symbol.hasInstance].call(constructor, value);
}

function composeMessage({ message, expected, received, tryThis }: LightningErrorOptions): string {
  const sentences = [message];
  if (expected !== undefined) sentences.push(`Expected ${expected}.`);
  if (received !== undefined) sentences.push(`Received ${received}.`);
  if (tryThis !== undefined) sentences.push(`Try: ${tryThis}`);
  return visibleText(sentences.join(" "));
}
