import type { HostValue, nn } from "@lightning-ts/core";

/** Numbers from -1 to 1, the same as `uniform` of tests/parity/formula_weights.py gives. */
export function uniform(seed: number, size: number): Float64Array {
  const values = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    let x = (Math.imul(i, 2_654_435_761) + seed * 40_503 + 1) >>> 0;
    x = (x ^ (x >>> 15)) >>> 0;
    x = Math.imul(x, 2_246_822_519) >>> 0;
    values[i] = ((x ^ (x >>> 13)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

/** The values that the recordings ran with, for every entry of the state dict in its order. */
export function formulaState(model: nn.Module): Map<string, HostValue> {
  return new Map(
    [...model.stateDict()].map(([key, { shape }], index) => [key, { shape, values: formula(index, key, shape) }]),
  );
}

function formula(index: number, key: string, shape: readonly number[]): Float64Array {
  const size = product(shape);
  if (key.endsWith("num_batches_tracked")) return new Float64Array(size);
  const u = uniform(index, size);
  if (key.endsWith("running_var")) return u.map((value) => 1 + 0.5 * value);
  if (shape.length > 1) return u.map((value) => value * Math.sqrt(3 / product(shape.slice(1))));
  return u.map((value) => (key.endsWith("weight") ? 1 + 0.2 * value : 0.1 * value));
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, length) => all * length, 1);
}
