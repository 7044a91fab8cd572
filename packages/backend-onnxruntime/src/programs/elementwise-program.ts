import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import { type Code, encodeModule, wasm } from "./wasm-module.js";
import { MOST_PAGES } from "./wasm-pages.js";

/** All arrays of a chunk together fit into a core's second-level cache; half and double the size were slower. */
const CHUNK_ELEMENTS = 4096;
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
  readonly outputCount: number;
  readonly scalarCount: number;
  /** Returns one value for every output. */
  readonly describe: (build: ElementwiseBuilder) => readonly Code[];
}

/** Builds the loop around a description: for each vector of four, load the inputs, compute, store the outputs. */
export function compileElementwise(description: ProgramDescription): ElementwiseProgram {
  const { key, inputCount, outputCount, scalarCount, describe } = description;
  const arrayCount = inputCount + outputCount;
  const firstParameter = 1 + arrayCount;
  const position = firstParameter + scalarCount;
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
  const at = (array: number): Code => wasm.addInteger(wasm.local(1 + array), wasm.local(position));
  const each = (count: number, make: (index: number) => Code): Code =>
    Array.from({ length: count }, (_, index) => make(index)).flat();
  const loads = each(inputCount, (k) => wasm.setLocal(firstInput + k, wasm.load(at(k), 0)));
  const stores = outputs.flatMap((value, k) => wasm.store(at(inputCount + k), 0, value));
  const advance = wasm.setLocal(position, wasm.addInteger(wasm.local(position), wasm.integer(16)));
  const splats = each(scalarCount, (k) => wasm.setLocal(firstScalar + k, wasm.splat(wasm.local(firstParameter + k))));
  const loop = wasm.repeatWhile(
    [...loads, ...statements.flat(), ...stores, ...advance],
    wasm.isBelow(wasm.local(position), wasm.local(0)),
  );
  const module = encodeModule({ pages: 1, mostSharedPages: MOST_PAGES }, [
    {
      name: "run",
      integerParameters: 1 + arrayCount,
      floatParameters: scalarCount,
      integerLocals: 1,
      vectorLocals: inputCount + scalarCount + MAX_SHARED_VALUES,
      body: [...splats, ...loop],
    },
  ]);
  return { kind: "elementwise", key, inputCount, outputCount, chunkElements: CHUNK_ELEMENTS, module };
}
