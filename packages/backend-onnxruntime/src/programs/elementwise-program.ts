import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import { type Code, encodeModule, wasm } from "./wasm-module.js";

/** All arrays of a chunk together fit into a core's second-level cache; half and double the size were slower. */
const CHUNK_ELEMENTS = 4096;
const CHUNK_BYTES = CHUNK_ELEMENTS * 4;
/** Pages of 64 KiB for the arrays of a chunk. */
const MEMORY_PAGES = 4;
const MAX_SHARED_VALUES = 16;

/** What a description can say about one vector of four elements. Values may be used any number of times. */
export interface ElementwiseBuilder {
  input(index: number): Code;
  scalar(index: number): Code;
  /** Computes a value once, before everything that is asked for later. */
  share(value: Code): Code;
}

export interface ProgramDescription {
  readonly key: string;
  readonly inputCount: number;
  readonly scalarCount: number;
  /** Returns one value for every output. */
  readonly describe: (build: ElementwiseBuilder) => readonly Code[];
}

/** Builds the loop around a description: for each vector of four, load the inputs, compute, store the outputs. */
export function compileElementwise({ key, inputCount, scalarCount, describe }: ProgramDescription): ElementwiseProgram {
  const position = 1 + scalarCount;
  const firstInput = position + 1;
  const firstScalar = firstInput + inputCount;
  const firstShared = firstScalar + scalarCount;
  const statements: Code[] = [];
  const outputs = describe({
    input: (index) => wasm.local(firstInput + index),
    scalar: (index) => wasm.local(firstScalar + index),
    share: (value) => {
      const local = firstShared + statements.length;
      statements.push(wasm.setLocal(local, value));
      return wasm.local(local);
    },
  });
  if (statements.length > MAX_SHARED_VALUES)
    throw new RangeError(`The program ${key} shares more than ${MAX_SHARED_VALUES} values.`);
  const at = wasm.local(position);
  const each = (count: number, make: (index: number) => Code): Code =>
    Array.from({ length: count }, (_, index) => make(index)).flat();
  const loads = each(inputCount, (k) => wasm.setLocal(firstInput + k, wasm.load(at, k * CHUNK_BYTES)));
  const stores = outputs.flatMap((value, k) => wasm.store(at, (inputCount + k) * CHUNK_BYTES, value));
  const advance = wasm.setLocal(position, wasm.addInteger(at, wasm.integer(16)));
  const splats = each(scalarCount, (k) => wasm.setLocal(firstScalar + k, wasm.splat(wasm.local(1 + k))));
  const loop = wasm.repeatWhile(
    [...loads, ...statements.flat(), ...stores, ...advance],
    wasm.isBelow(at, wasm.local(0)),
  );
  const module = encodeModule(MEMORY_PAGES, [
    {
      name: "run",
      integerParameters: 1,
      floatParameters: scalarCount,
      integerLocals: 1,
      vectorLocals: inputCount + scalarCount + MAX_SHARED_VALUES,
      body: [...splats, ...loop],
    },
  ]);
  return { kind: "elementwise", key, inputCount, outputCount: outputs.length, chunkElements: CHUNK_ELEMENTS, module };
}
