import { MisconfigurationError } from "@lightning-ts/core";
import { describeValue } from "../errors/describe-value.js";

export interface SaveHyperparametersOptions {
  /** Names to leave out. */
  readonly ignore?: string | readonly string[] | undefined;
  /** Send them to the loggers when a run starts. @default true */
  readonly logger?: boolean | undefined;
}

/** The hyperparameters of a module or data module: what was saved, and what of it the loggers get. */
export class HyperparameterRecord<THparams extends object> {
  #current: THparams = emptyRecord();
  #initial: THparams = emptyRecord();
  readonly #forLoggers = new Set<string>();

  get current(): THparams {
    return this.#current;
  }

  /** As they were when they were saved; a copy. */
  get initial(): THparams {
    return Object.assign(emptyRecord<THparams>(), this.#initial);
  }

  /** @throws MisconfigurationError for something that has no names */
  save(values: Partial<THparams>, options: SaveHyperparametersOptions): void {
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      throw new MisconfigurationError({
        message: "saveHyperparameters() keeps values by name.",
        expected: "an object, such as { lr: 1e-3 } or the constructor's options",
        received: describeValue(values),
      });
    }
    const ignored = typeof options.ignore === "string" ? [options.ignore] : (options.ignore ?? []);
    for (const [name, value] of Object.entries(values)) {
      if (ignored.includes(name)) continue;
      Object.assign(this.#current, { [name]: value });
      Object.assign(this.#initial, { [name]: copyOf(value) });
      if (options.logger !== false) this.#forLoggers.add(name);
    }
  }

  /** Those that the loggers get. */
  forLoggers(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.#initial).filter(([name]) => this.#forLoggers.has(name)));
  }

  /** Those that a checkpoint can hold, and the names of those that it cannot. */
  forCheckpoint(): { readonly values: Record<string, unknown>; readonly dropped: readonly string[] } {
    const entries = Object.entries(this.#current);
    const isPlain = (value: unknown) => value !== undefined && isSerializable(value);
    return {
      values: Object.fromEntries(entries.filter(([, value]) => isPlain(value))),
      dropped: entries.filter(([, value]) => value !== undefined && !isPlain(value)).map(([name]) => name),
    };
  }
}

function emptyRecord<THparams extends object>(): THparams {
  return Object.assign(Object.create(null), {});
}

function copyOf(value: unknown): unknown {
  return isSerializable(value) ? structuredClone(value) : value;
}

/**
 * True for values that survive JSON: text, numbers (NaN and infinities too), booleans, null, and lists and plain
 * objects of them.
 */
export function isSerializable(value: unknown): boolean {
  if (
    value === null ||
    value === undefined ||
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean"
  )
    return true;
  if (Array.isArray(value)) return value.every(isSerializable);
  if (typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isSerializable);
}
