import { nearestName } from "@lightning-ts/core";

export interface MisspeltHook {
  readonly name: string;
  readonly meant: string;
}

/**
 * Methods that the Trainer will never call though their names are nearly those of hooks: `training_step`,
 * `onTrainEpochEnded`.
 */
export function findMisspeltHooks(object: object, base: abstract new (...args: never[]) => object): MisspeltHook[] {
  const prototype: unknown = base.prototype;
  if (typeof prototype !== "object" || prototype === null) return [];
  const hooks = methodNames(prototype);
  const found: MisspeltHook[] = [];
  for (const name of ownMethods(object, prototype)) {
    if (name in prototype) continue;
    const meant = /^on[A-Z]/.test(name) ? nearHook(name, hooks) : sameLetters(name, hooks);
    if (meant !== undefined) found.push({ name, meant });
  }
  return found;
}

function nearHook(name: string, hooks: readonly string[]): string | undefined {
  const meant = nearestName(name, hooks);
  return meant !== undefined && Math.abs(name.length - meant.length) <= 2 ? meant : sameLetters(name, hooks);
}

function sameLetters(name: string, hooks: readonly string[]): string | undefined {
  const letters = normalize(name);
  return hooks.find((hook) => normalize(hook) === letters);
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Methods of an object and of its classes, below `base`. */
function ownMethods(object: object, base: object): Set<string> {
  const names = new Set<string>();
  for (
    let level: unknown = object;
    typeof level === "object" && level !== null && level !== base;
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of methodNames(level)) names.add(name);
  }
  return names;
}

function methodNames(level: object): string[] {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(level));
  return properties
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name]) => name);
}
