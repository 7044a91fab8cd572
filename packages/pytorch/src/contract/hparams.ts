import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import { leaveOutSecrets, maskSecrets } from "./secrets.js";

export interface SaveHyperparametersOptions {
  /** Names to leave out. */
  readonly ignore?: string | readonly string[] | undefined;
  /** Send them to the loggers when a run starts. @default true */
  readonly logger?: boolean | undefined;
  /**
   * The values are the constructor's parameters, in this order, so that `loadFromCheckpoint` passes them one by one. A
   * subclass whose constructor takes one object says `false`. @default what was said before, else false
   */
  readonly positional?: boolean | undefined;
  /**
   * Send secrets to the loggers and write them into checkpoints, as any other value. Without it loggers get `***` for
   * values whose key is that of a secret (`token`, `apiKey`, `password`, …) and for URLs with credentials, and
   * checkpoints do not have them. @default what was said before, else false
   */
  readonly keepSecrets?: boolean | undefined;
}

/** What a checkpoint holds of hyperparameters. */
export interface StorableHparams {
  readonly values: Record<string, unknown>;
  /** Names of those that no file can hold. */
  readonly dropped: readonly string[];
  /** Names of secrets, which are left out. */
  readonly secrets: readonly string[];
}

/** The hyperparameters of a module or data module: what was saved, and what of it the loggers get. */
export class HyperparameterRecord<THparams extends object> {
  #current: THparams = emptyRecord();
  #initial: THparams = emptyRecord();
  readonly #forLoggers = new Set<string>();
  readonly #withSecrets = new Set<string>();
  #positional: readonly string[] | undefined;

  get current(): THparams {
    return this.#current;
  }

  /** As they were when they were saved; a copy. */
  get initial(): THparams {
    return Object.assign(emptyRecord<THparams>(), deepCopy(this.#initial));
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
    if (options.positional !== undefined) this.#positional = options.positional ? Object.keys(values) : undefined;
    const ignored = typeof options.ignore === "string" ? [options.ignore] : (options.ignore ?? []);
    for (const name of ignored) this.#forget(name);
    for (const [name, value] of Object.entries(values)) {
      if (ignored.includes(name)) continue;
      Object.assign(this.#current, { [name]: value });
      Object.assign(this.#initial, { [name]: deepCopy(value) });
      if (options.logger !== false) this.#forLoggers.add(name);
      if (options.keepSecrets === true) this.#withSecrets.add(name);
      else if (options.keepSecrets === false) this.#withSecrets.delete(name);
    }
  }

  /** What a subclass leaves out is gone, also where its base class has saved it already. */
  #forget(name: string): void {
    Reflect.deleteProperty(this.#current, name);
    Reflect.deleteProperty(this.#initial, name);
    this.#forLoggers.delete(name);
  }

  /** Names of the constructor's parameters, in their order; undefined where it takes one object. */
  get positional(): readonly string[] | undefined {
    return this.#positional;
  }

  /** Those that the loggers get. */
  forLoggers(): Record<string, unknown> {
    const shown = Object.entries(this.#initial).filter(([name]) => this.#forLoggers.has(name));
    const masked = maskSecrets(Object.fromEntries(shown));
    return Object.fromEntries(shown.map(([name, value]) => [name, this.#withSecrets.has(name) ? value : masked[name]]));
  }

  /** Those that a checkpoint can hold, and the names of those that it cannot and of those that it must not. */
  forCheckpoint(): StorableHparams {
    const entries = Object.entries(this.#current).filter(([, value]) => value !== undefined);
    const plain = entries.filter(([, value]) => isSerializable(value));
    const shared = Object.fromEntries(plain.filter(([name]) => !this.#withSecrets.has(name)));
    const { values: safe, secrets } = leaveOutSecrets(shared);
    const kept = plain.filter(([name]) => this.#withSecrets.has(name) || Object.hasOwn(safe, name));
    return {
      values: Object.fromEntries(kept.map(([name, value]) => [name, this.#withSecrets.has(name) ? value : safe[name]])),
      dropped: entries.filter(([, value]) => !isSerializable(value)).map(([name]) => name),
      secrets,
    };
  }
}

function emptyRecord<THparams extends object>(): THparams {
  return Object.assign(Object.create(null), {});
}

/** Lists, plain objects, maps, sets, dates and bytes are copied, all the way down; anything else stays what it is. */
function deepCopy(value: unknown, copies = new Map<object, unknown>()): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    copies.set(value, list);
    for (const item of value) list.push(deepCopy(item, copies));
    return list;
  }
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [deepCopy(key, copies), deepCopy(item, copies)]));
  if (value instanceof Set) return new Set([...value].map((item) => deepCopy(item, copies)));
  if (value instanceof Date || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return structuredClone(value);
  if (!hasPlainPrototype(value)) return value;
  const copy: object = Object.create(Object.getPrototypeOf(value));
  copies.set(value, copy);
  for (const [name, item] of Object.entries(value)) Object.assign(copy, { [name]: deepCopy(item, copies) });
  return copy;
}

function hasPlainPrototype(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
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
  return hasPlainPrototype(value) && Object.values(value).every(isSerializable);
}
