import { describe, expect, it } from "vitest";
import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import { compileElementwise, type ProgramDescription } from "./elementwise-program.js";
import { wasm } from "./wasm-module.js";

/** Runs a program over arrays that fit into one chunk. */
function runOnce(
  { module, chunkElements, inputCount, outputCount }: ElementwiseProgram,
  inputs: readonly number[][],
  scalars: readonly number[],
): number[][] {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } }).exports;
  if (typeof run !== "function") throw new Error("a program exports run");
  const count = inputs[0]?.length ?? 0;
  const addressOf = (k: number) => k * chunkElements * 4;
  const array = (k: number) => new Float32Array(memory.buffer, addressOf(k), count);
  const addresses = Array.from({ length: inputCount + outputCount }, (_, k) => addressOf(k));
  inputs.forEach((values, k) => array(k).set(values));
  Reflect.apply(run, undefined, [(count * 4 + 15) & ~15, ...addresses, ...scalars]);
  return Array.from({ length: outputCount }, (_, k) => [...array(inputCount + k)]);
}

function compute(
  outputCount: number,
  describe: ProgramDescription["describe"],
  inputs: readonly number[][],
  scalars: readonly number[] = [],
): number[][] {
  return runOnce(
    compileElementwise({ key: "test", inputCount: inputs.length, outputCount, scalarCount: scalars.length, describe }),
    inputs,
    scalars,
  );
}

describe("an elementwise program", () => {
  it("computes every operation on every element, also of a rest of fewer than four", () => {
    const a = [1, -2, 3.5, 1e30, 0.1, 9];
    const b = [4, 0.5, -7, 1e30, 0.2, 2];
    const each = (operation: (x: number, y: number) => number) =>
      a.map((x, i) => Math.fround(operation(Math.fround(x), Math.fround(b[i] ?? 0))));
    const results = compute(
      6,
      ({ input }) => [
        wasm.add(input(0), input(1)),
        wasm.subtract(input(0), input(1)),
        wasm.multiply(input(0), input(1)),
        wasm.divide(input(0), input(1)),
        wasm.maximum(input(0), input(1)),
        wasm.negate(input(0)),
      ],
      [a, b],
    );
    expect(results).toEqual([
      each((x, y) => x + y),
      each((x, y) => x - y),
      each((x, y) => x * y),
      each((x, y) => x / y),
      each(Math.max),
      each((x) => -x),
    ]);
    expect(compute(1, ({ input }) => [wasm.squareRoot(input(0))], [[4, 2, 0, 1e-40]])).toEqual([
      [4, 2, 0, 1e-40].map((x) => Math.fround(Math.sqrt(Math.fround(x)))),
    ]);
  });

  it("takes scalars as float32 and shares values that are used twice", () => {
    const results = compute(
      2,
      ({ input, scalar, share }) => {
        const scaled = share(wasm.multiply(input(0), scalar(1)));
        return [wasm.add(scaled, scalar(0)), wasm.multiply(scaled, scaled)];
      },
      [[1, 2, 3]],
      [0.1, 3],
    );
    expect(results).toEqual([[3, 6, 9].map((x) => Math.fround(x + Math.fround(0.1))), [9, 36, 81]]);
  });

  it("refuses more shared values than it has room for", () => {
    const describe: ProgramDescription["describe"] = ({ input, share }) => [
      Array.from({ length: 17 }, () => share(input(0))).at(-1) ?? input(0),
    ];
    expect(() => compute(1, describe, [[1]])).toThrow(/more than 16/);
  });
});
