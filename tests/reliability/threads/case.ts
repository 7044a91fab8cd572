import { tf } from "lightning-ts/core";

/** Something whose bits are compared between numbers of threads. */
export interface Case {
  readonly name: string;
  /**
   * `everywhere`: the same bits on any number of threads. `per number of threads`: matrix products and convolutions,
   * whose inner sums ONNX Runtime orders by the number of threads.
   */
  readonly bits: "everywhere" | "per number of threads";
  /** Computes with inputs of about `size` elements. */
  readonly run: (size: number) => readonly tf.Tensor[];
}

/**
 * Numbers of both signs over six orders of magnitude, so that a sum shows the order of its terms; the same in every
 * process.
 */
export function numbers(shape: readonly number[], seed = 1): tf.Tensor {
  return tf.tensor(
    generated("numbers", shape, seed, (next) => (next() - 0.5) * (SCALES[Math.floor(next() * SCALES.length)] ?? 1)),
    [...shape],
    "float32",
  );
}

/** Numbers between 0 and 1, neither of them. */
export function shares(shape: readonly number[], seed = 2): tf.Tensor {
  return tf.tensor(
    generated("shares", shape, seed, (next) => 0.01 + 0.98 * next()),
    [...shape],
    "float32",
  );
}

/** Whole numbers from 0 on; small ones are more frequent, so that many updates meet. */
export function indices(shape: readonly number[], below: number, seed = 3): tf.Tensor {
  return tf.tensor(
    Int32Array.from(generated(`below ${below}`, shape, seed, (next) => Math.floor(next() ** 2 * below))),
    [...shape],
    "int32",
  );
}

const SCALES = [0.001, 0.03, 1, 7, 150, 1000];
const known = new Map<string, Float32Array>();

/** Making numbers takes longer than what is done with them, so they are kept. */
function generated(
  kind: string,
  shape: readonly number[],
  seed: number,
  make: (next: () => number) => number,
): Float32Array {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const key = `${kind} ${count} ${seed}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  let state = Math.imul(seed, 2654435761) >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const made = new Float32Array(count);
  for (let i = 0; i < count; i += 1) made[i] = make(next);
  if (known.size > 64) known.clear();
  known.set(key, made);
  return made;
}
