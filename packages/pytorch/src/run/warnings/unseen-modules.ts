import { classNameOf, isPlainObject, Module, tf } from "@lightning-ts/core";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Session } from "../session/session.js";

/** Collections are searched for modules this far: data sets in fields may be long. */
const MOST_ENTRIES = 256;
const MOST_NESTED = 3;
const MOST_NAMED = 3;

interface Unseen {
  /** E.g. `blocks[0]`. */
  readonly path: string;
  readonly part: Module | tf.Variable;
}

/** Warns of modules and variables in arrays, maps and plain objects, where the model does not find them. */
export function warnOfUnseenModules({ module, warnings }: Session): void {
  const unseen = findUnseen(module);
  if (unseen.length === 0) return;
  const named = unseen.slice(0, MOST_NAMED).map(({ path, part }) => `${path} (${classNameOf(part)})`);
  const rest = unseen.length > MOST_NAMED ? ` and ${unseen.length - MOST_NAMED} more` : "";
  warnings.warn(
    "unseen modules",
    `${classNameOf(module)} has ${named.join(", ")}${rest} in plain collections, where it does not find them: they are not among its parameters(), so they are not trained, not saved, and train() and eval() do not reach them. ${advice(unseen)} Where that is on purpose, a field whose name begins with # says so.`,
  );
}

function advice(unseen: readonly Unseen[]): string {
  return unseen.every(({ part }) => part instanceof tf.Variable)
    ? "Give each a field of its own, or use registerParameter(name, parameter)."
    : "Put them into new nn.ModuleList([…]) or new nn.ModuleDict({ … }).";
}

function findUnseen(model: LightningModule): Unseen[] {
  const seen = new Set<object>([...model.modules(), ...model.parameters(), ...model.buffers()]);
  const found = new Map<object, Unseen>();
  for (const [name, owner] of model.namedModules()) {
    for (const [field, value] of Object.entries(owner)) {
      if (typeof value !== "object" || value === null || seen.has(value)) continue;
      for (const unseen of partsIn(value, name === "" ? field : `${name}.${field}`, 1))
        if (!seen.has(unseen.part) && !found.has(unseen.part)) found.set(unseen.part, unseen);
    }
  }
  return [...found.values()];
}

/** Modules with parameters or buffers, and variables, in a collection. */
function* partsIn(collection: unknown, path: string, depth: number): Generator<Unseen> {
  for (const [place, value] of entriesOf(collection, path)) {
    if (value instanceof tf.Variable) yield { path: place, part: value };
    else if (value instanceof Module) {
      if (value.parameters().length + value.buffers().length > 0) yield { path: place, part: value };
    } else if (depth < MOST_NESTED) yield* partsIn(value, place, depth + 1);
  }
}

function entriesOf(collection: unknown, path: string): [place: string, value: unknown][] {
  if (Array.isArray(collection))
    return collection.slice(0, MOST_ENTRIES).map((value: unknown, index) => [`${path}[${index}]`, value]);
  if (collection instanceof Map)
    return [...collection].slice(0, MOST_ENTRIES).map(([key, value]) => [`${path}.get(${String(key)})`, value]);
  if (collection instanceof Set)
    return [...collection].slice(0, MOST_ENTRIES).map((value, index) => [`${path} #${index}`, value]);
  if (!isPlainObject(collection)) return [];
  return Object.entries(collection)
    .slice(0, MOST_ENTRIES)
    .map(([key, value]) => [`${path}.${key}`, value]);
}
