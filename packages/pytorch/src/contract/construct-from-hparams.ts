import { MisconfigurationError } from "@lightning-ts/core";
import { warnOnce, type LoadedTree, type LoadedValue } from "@lightning-ts/fabric";
import { isLoadedTree } from "../checkpoint/codecs/checkpoint-tree.js";

/**
 * Where a checkpoint keeps hyperparameters, the names of those that are parameters of the constructor, and of secrets,
 * which it leaves out.
 */
export interface HparamsKeys {
  readonly values: string;
  readonly positional: string;
  readonly secrets: string;
}

export interface ConstructOptions {
  readonly checkpoint: LoadedTree;
  readonly keys: HparamsKeys;
  /** Values that replace those in the file. */
  readonly overrides: Readonly<Record<string, unknown>> | undefined;
  readonly path: string;
}

type AnyClass<TObject extends object> = new (...args: never[]) => TObject;

/**
 * Constructs a class with the hyperparameters that it saved: with one object, or one by one where it saved them as
 * positional. Warns of secrets that the file does not have and that were not passed.
 * @throws MisconfigurationError that says how they are saved, when the constructor cannot be called with them
 */
export function constructFromHparams<TObject extends object>(
  made: AnyClass<TObject>,
  { checkpoint, keys, overrides, path }: ConstructOptions,
): TObject {
  const stored = checkpoint[keys.values];
  const hparams: Record<string, unknown> = { ...(isLoadedTree(stored) ? stored : {}), ...overrides };
  const names = namesIn(checkpoint[keys.positional]);
  const secrets = (namesIn(checkpoint[keys.secrets]) ?? []).filter((name) => !isPassed(name, overrides));
  const missing = names?.find((name) => !Object.hasOwn(hparams, name));
  const needs = names?.length ?? 1;
  if (missing !== undefined) throw cannotConstruct(made, hparams, path, `pass it: { hparams: { ${missing}: … } }.`);
  if (made.length > needs) throw cannotConstruct(made, hparams, path, howToSave(made));
  if (secrets.length > 0)
    warnOnce(
      checkpoint,
      "secrets",
      `Warning: ${path} does not hold the secrets of ${made.name}. Pass them again: ${howToPass(secrets)}.`,
    );
  try {
    // What the constructor takes, only the class knows: it gets what it saved itself.
    return Reflect.construct(made, names?.map((name) => hparams[name]) ?? [hparams]);
  } catch (cause) {
    const tryThis =
      secrets.length > 0
        ? `pass again the secrets, which no checkpoint has: ${howToPass(secrets)}.`
        : `pass what is missing as hparams.${names === undefined ? ` ${howToSave(made)}` : ""}`;
    throw cannotConstruct(made, hparams, path, tryThis, cause);
  }
}

/** What a constructor has to call, by the parameters that its source names. */
function howToSave(made: AnyClass<object>): string {
  const names = parameterNames(made) ?? [];
  if (names.length > 1 || made.length > 1) {
    const all = names.length > 1 ? names.join(", ") : "all parameters in their order";
    return `In the constructor: this.saveHyperparameters({ ${all} }, { positional: true }).`;
  }
  return `In the constructor: this.saveHyperparameters(${names[0] ?? "options"}), with the object that it takes.`;
}

/** The names of a constructor's parameters; undefined where the source does not say them, such as `{ a, b }`. */
function parameterNames(made: object | null): readonly string[] | undefined {
  if (typeof made !== "function") return undefined;
  const [, list] = /\bconstructor\s*\(([^()]*)\)/.exec(Function.prototype.toString.call(made)) ?? [];
  if (list === undefined) return parameterNames(Object.getPrototypeOf(made));
  const names = list.split(",").map((parameter) => parameter.split("=")[0]?.trim() ?? "");
  return names.every((name) => /^[\w$]+$/.test(name)) ? names : undefined;
}

/** Whether a value was passed for a name, or for what it is a part of. */
function isPassed(name: string, overrides: ConstructOptions["overrides"]): boolean {
  return Object.keys(overrides ?? {}).some((key) => name === key || name.startsWith(`${key}.`));
}

function howToPass(secrets: readonly string[]): string {
  return `{ hparams: { ${secrets.map((name) => `${name.split(".")[0]}: …`).join(", ")} } } (${secrets.join(", ")})`;
}

function namesIn(stored: LoadedValue | undefined): readonly string[] | undefined {
  return Array.isArray(stored) ? stored.map(String) : undefined;
}

function cannotConstruct(
  made: AnyClass<object>,
  hparams: object,
  path: string,
  tryThis: string,
  cause?: unknown,
): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CKPT_HPARAMS",
    message: `${made.name} cannot be constructed with the hyperparameters in ${path}.`,
    received: `{ ${Object.keys(hparams).join(", ")} }`,
    tryThis,
    ...(cause === undefined ? {} : { cause }),
  });
}
