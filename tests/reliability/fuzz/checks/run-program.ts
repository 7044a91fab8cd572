import { compileFunction } from "node:vm";
import { F, grad, tensorScope, tf } from "lightning-ts/core";
import { sizeOf } from "../reference/shapes.js";
import { seedText } from "../program/print-program.js";
import type { Call, DType, Entry, Program } from "../program/program.js";
import { compileValues } from "../program/values.js";

export type Numbers = Float32Array | Int32Array | Uint8Array;

/** How a program is run; none of it may change a number. */
export interface Variant {
  /** Read these intermediate tensors as soon as they are recorded. */
  readonly isRead?: (entry: number) => boolean;
  /** Elementwise calls work on transposed operands. */
  readonly isTransposed?: boolean;
  /** Read every tensor, and the gradients of every tensor, not only outputs and the gradients of leaves. */
  readonly isEverythingShown?: boolean;
}

export interface RunResult {
  /** By entry; only what the variant shows. */
  readonly values: ReadonlyMap<number, Numbers>;
  /** Gradients by entry; null where none flows. */
  readonly gradients: ReadonlyMap<number, Numbers | null>;
}

const compiled = new Map<string, (...inputs: tf.Tensor[]) => tf.Tensor>();

/** A call's text as a function of its inputs. */
export function compileCall({ code, inputs }: Pick<Call, "code" | "inputs">): (...inputs: tf.Tensor[]) => tf.Tensor {
  const key = `${inputs.length} ${code}`;
  const found = compiled.get(key);
  if (found !== undefined) return found;
  const made = compileFunction(`return ${code};`, ["tf", "F", ...inputs.map((_, i) => `$${i}`)]);
  const run = (...given: tf.Tensor[]): tf.Tensor => made(tf, F, ...given) as tf.Tensor;
  if (compiled.size > 5000) compiled.clear();
  compiled.set(key, run);
  return run;
}

export function leafValues(text: string, shape: readonly number[], dtype: DType): Numbers {
  const valueAt = compileValues(text);
  const values =
    dtype === "float32"
      ? new Float32Array(sizeOf(shape))
      : dtype === "int32"
        ? new Int32Array(sizeOf(shape))
        : new Uint8Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = valueAt(i);
  return values;
}

/** The gradient that flows into a program's output. */
export function seedOf(program: Program, output: number): Numbers {
  return leafValues(seedText(output), program.entries[output]!.shape, "float32");
}

/** Runs a program and its backward pass on tfjs' current backend. */
export function runProgram(program: Program, leaves: ReadonlyMap<number, Numbers>, variant: Variant = {}): RunResult {
  using _scope = tensorScope();
  const tensors: tf.Tensor[] = [];
  program.entries.forEach((entry, index) => {
    tensors.push(
      entry.kind === "leaf"
        ? tf.tensor(leaves.get(index)!, [...entry.shape], entry.dtype)
        : called(
            entry,
            entry.inputs.map((input) => tensors[input]!),
            variant.isTransposed === true,
          ),
    );
    if (variant.isRead?.(index) === true) tensors[index]!.dataSync();
  });
  const roots = program.outputs.filter((index) => program.entries[index]!.dtype === "float32");
  const wanted = [...program.entries.keys()].filter((index) => isWanted(program, index, variant));
  const seeds = roots.map((index) => tf.tensor(seedOf(program, index), tensors[index]!.shape));
  const found =
    roots.length === 0 || wanted.length === 0
      ? []
      : grad(
          roots.map((index) => tensors[index]!),
          wanted.map((index) => tensors[index]!),
          { gradOutputs: seeds, allowUnused: true },
        );
  const shown = variant.isEverythingShown === true ? [...program.entries.keys()] : program.outputs;
  return {
    values: new Map(shown.map((index) => [index, numbersOf(tensors[index]!)])),
    gradients: new Map(
      wanted.map((index, i) => [index, found[i] === null || found[i] === undefined ? null : numbersOf(found[i])]),
    ),
  };
}

function isWanted({ entries, outputs }: Program, index: number, variant: Variant): boolean {
  const entry = entries[index]!;
  return (
    entry.dtype === "float32" &&
    !outputs.includes(index) &&
    (entry.kind === "leaf" || variant.isEverythingShown === true)
  );
}

function called(call: Call, inputs: readonly tf.Tensor[], isTransposed: boolean): tf.Tensor {
  const run = compileCall(call);
  const rank = call.shape.length;
  const isLikeEvery = inputs.every(
    ({ shape }) => shape.length === rank && shape.every((length, i) => length === call.shape[i]),
  );
  const result =
    isTransposed && call.isElementwise === true && rank > 1 && isLikeEvery
      ? tf.transpose(run(...inputs.map((input) => tf.transpose(input))))
      : run(...inputs);
  expectShape(call, result);
  return result;
}

function expectShape({ name, shape, dtype }: Call, result: tf.Tensor): void {
  if (
    result.dtype === dtype &&
    result.shape.length === shape.length &&
    result.shape.every((length, i) => length === shape[i])
  )
    return;
  throw new RangeError(
    `${name} gave ${result.dtype} [${result.shape.join(", ")}] instead of ${dtype} [${shape.join(", ")}]`,
  );
}

function numbersOf(tensor: tf.Tensor): Numbers {
  return tensor.dataSync<"float32">() as Numbers;
}

/** Every float or other entry's leaves, made once, so that all runs get the same numbers. */
export function makeLeaves(entries: readonly Entry[]): Map<number, Numbers> {
  return new Map(
    entries.flatMap((entry, index) =>
      entry.kind === "leaf" ? [[index, leafValues(entry.text, entry.shape, entry.dtype)] as const] : [],
    ),
  );
}
