import { tf } from "lightning-ts/core";
import { isTree, type LoadedTree, type LoadedValue } from "lightning-ts/fabric";

/** One change of one value of a checkpoint. */
export interface Edit {
  /** The keys that lead to the value. */
  readonly place: readonly string[];
  readonly kind: string;
  readonly value: LoadedValue | undefined;
}

const HUGE = 1e300;

/** What no participant is restored from: who the run is, its hyperparameters, and what others are compared with. */
const NOT_STATE: readonly string[] = ["run", "run_setup", "hyper_parameters", "inventory"];

/** Every change of every value: what is lost, emptied, no number, below zero, too large, of another type or shape. */
export function editsOf(tree: LoadedTree): Edit[] {
  return editsIn(tree, (entry) => !NOT_STATE.includes(entry));
}

/** Every change of every value in the entries of a checkpoint that are wanted. */
export function editsIn(tree: LoadedTree, isWanted: (entry: string) => boolean): Edit[] {
  const edits: Edit[] = [];
  visit(Object.fromEntries(Object.entries(tree).filter(([entry]) => isWanted(entry))), [], (place, value) => {
    for (const [kind, changed] of changesOf(value)) edits.push({ place, kind, value: changed });
  });
  return edits;
}

export function applyEdit(tree: LoadedTree, { place, value }: Edit): LoadedTree {
  const changed = changeAt(tree, place, value);
  return isTree(changed) ? changed : {};
}

/** Whether an edit takes a value away or makes it one of another kind; others may be values that a run can have. */
export function isLoss({ kind }: Edit): boolean {
  return !["NaN", "negative", "huge"].includes(kind);
}

export function nameOf({ place, kind }: Edit): string {
  return `${place.join(".")} ${kind}`;
}

function visit(
  value: LoadedValue,
  place: readonly string[],
  see: (place: readonly string[], value: LoadedValue) => void,
) {
  if (place.length > 0) see(place, value);
  if (Array.isArray(value)) value.forEach((inner, i) => visit(inner, [...place, String(i)], see));
  else if (isTree(value)) for (const [name, inner] of Object.entries(value)) visit(inner, [...place, name], see);
}

function changesOf(value: LoadedValue): [kind: string, value: LoadedValue | undefined][] {
  const always: [string, LoadedValue | undefined][] = [["missing", undefined]];
  if (value !== "") always.push(["empty", ""]);
  if (value instanceof tf.TensorBuffer)
    return [
      ...always,
      ["of another shape", tf.buffer([value.size + 1], value.dtype)],
      ["of another type", tf.buffer(value.shape, value.dtype === "int32" ? "float32" : "int32")],
      ["a number", 3],
      ...(value.dtype === "float32" && value.size > 0 ? [["NaN", filled(value)] as [string, LoadedValue]] : []),
    ];
  if (typeof value === "number")
    return [
      ...always,
      ["NaN", Number.NaN],
      ...(value < 0 ? [] : [["negative", -value - 1] as [string, LoadedValue]]),
      ["huge", HUGE],
      ["a list", [1]],
    ];
  if (typeof value === "string") return [...always, ["a number", 7], ["a list", []]];
  if (typeof value === "boolean" || value === null) return [...always, ["NaN", Number.NaN], ["an object", {}]];
  return [...always, ["a number", -1], Array.isArray(value) ? ["an object", {}] : ["a list", []]];
}

function filled({ shape }: { readonly shape: number[] }): LoadedValue {
  const values = new Float32Array(shape.reduce((size, length) => size * length, 1)).fill(Number.NaN);
  return tf.buffer(shape, "float32", values);
}

function changeAt(
  value: LoadedValue,
  [name, ...rest]: readonly string[],
  changed: LoadedValue | undefined,
): LoadedValue | undefined {
  if (name === undefined) return changed;
  if (Array.isArray(value)) {
    const all = value.map((inner, i) => (String(i) === name ? changeAt(inner, rest, changed) : inner));
    return all.filter((inner) => inner !== undefined);
  }
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const next = key === name ? changeAt(inner, rest, changed) : inner;
      return next === undefined ? [] : [[key, next]];
    }),
  );
}
