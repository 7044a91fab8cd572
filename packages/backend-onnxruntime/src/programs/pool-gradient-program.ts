import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import { type Code, encodeModule, wasm } from "./wasm-module.js";
import { MOST_PAGES } from "./wasm-pages.js";

/** Floats of an array that are copied at once, as for other programs. */
const CHUNK_FLOATS = 4096;
const LANES = 4;
/** A vector of windows takes two vectors from each of its two rows. */
const WIDTH = 2;
const VECTOR_BYTES = 16;
/** The lowest float32 that is finite. */
const LOWEST = -3.4028234663852886e38;
/** As steep as the mask of a relu's gradient, see `isPositive`. */
const SLOPE = 1e38;

/** Parameters, a local, and vectors behind them. */
const PARAMETERS = { rows: 0, dy: 1, x: 2, y: 3, dx: 4 } as const;
const POSITION = 5;
const VECTORS = { largest: 6, gradient: 7, taken: 8, elements: 9, shares: 13 } as const;

/** How many windows a row may have: a vector of them at least, and a chunk holds the rows that they cover. */
export const POOL_ROWS = { least: LANES, most: CHUNK_FLOATS / (WIDTH * WIDTH) } as const;

const programs = new Map<string, ElementwiseProgram>();

/**
 * Gradient of a maximum over windows of 2 by 2 that tile the image. An element is a row of `windows` windows: dy and
 * the maxima y have as many numbers, x and dx four times as many, two rows of the image behind each other.
 * @param isMasked gradients count only where their maximum is positive
 */
export function poolGradientProgram(windows: number, isMasked: boolean): ElementwiseProgram {
  const key = `gradient of ${windows} maxima of 2 x 2${isMasked ? " above 0" : ""}`;
  let program = programs.get(key);
  if (program === undefined) programs.set(key, (program = compile(key, windows, isMasked)));
  return program;
}

function compile(key: string, windows: number, isMasked: boolean): ElementwiseProgram {
  const covered = windows * WIDTH * WIDTH;
  const wholeBytes = Math.floor(windows / LANES) * VECTOR_BYTES;
  const vector = gradientOfVector(windows, isMasked);
  const position = wasm.local(POSITION);
  const next = (array: number, floats: number) =>
    wasm.setLocal(array, wasm.addInteger(wasm.local(array), wasm.integer(floats * 4)));
  const row = [
    ...wasm.setLocal(POSITION, wasm.integer(0)),
    ...wasm.repeatWhile(
      [...vector, ...wasm.setLocal(POSITION, wasm.addInteger(position, wasm.integer(VECTOR_BYTES)))],
      wasm.isBelow(position, wasm.integer(wholeBytes)),
    ),
    // The last windows do not fill a vector: some before them are computed once more.
    ...(windows % LANES === 0 ? [] : [...wasm.setLocal(POSITION, wasm.integer((windows - LANES) * 4)), ...vector]),
    ...next(PARAMETERS.dy, windows),
    ...next(PARAMETERS.x, covered),
    ...next(PARAMETERS.y, windows),
    ...next(PARAMETERS.dx, covered),
    ...wasm.setLocal(PARAMETERS.rows, wasm.subtractInteger(wasm.local(PARAMETERS.rows), wasm.integer(1))),
  ];
  const module = encodeModule({ pages: 1, mostSharedPages: MOST_PAGES }, [
    {
      name: "run",
      integerParameters: 5,
      floatParameters: 0,
      integerLocals: 1,
      vectorLocals: 11,
      body: wasm.repeatWhile(row, wasm.local(PARAMETERS.rows)),
    },
  ]);
  const lengths = [windows, covered, windows, covered];
  return { kind: "elementwise", key, inputCount: 3, outputCount: 1, chunkElements: CHUNK_FLOATS, lengths, module };
}

/** Four windows, whose first numbers are `POSITION` bytes behind the row's. */
function gradientOfVector(windows: number, isMasked: boolean): Code {
  const position = wasm.local(POSITION);
  const at = (array: number) => wasm.addInteger(wasm.local(array), position);
  const covered = (array: number) => wasm.addInteger(at(array), position);
  const lowerRow = windows * WIDTH * 4;
  const vector = (first: number, index = 0) => wasm.local(first + index);
  const y = wasm.load(at(PARAMETERS.y), 0);
  const dy = wasm.load(at(PARAMETERS.dy), 0);
  const mask = wasm.maximum(wasm.minimum(wasm.multiply(y, wasm.number(SLOPE)), wasm.number(1)), wasm.number(0));
  const halves = [0, lowerRow].flatMap((row) => {
    const pair = (lanes: readonly number[]) =>
      wasm.lanes(wasm.load(covered(PARAMETERS.x), row), wasm.load(covered(PARAMETERS.x), row + VECTOR_BYTES), lanes);
    return [pair([0, 2, 4, 6]), pair([1, 3, 5, 7])];
  });
  const shares = halves.flatMap((elements, index) => {
    const element = vector(VECTORS.elements, index);
    const isLargest = wasm.equal(element, vector(VECTORS.largest));
    const isFirst = index === 0 ? isLargest : wasm.without(isLargest, vector(VECTORS.taken));
    return [
      ...wasm.setLocal(VECTORS.elements + index, elements),
      ...wasm.setLocal(VECTORS.shares + index, isFirst),
      ...wasm.setLocal(
        VECTORS.taken,
        index === 0 ? vector(VECTORS.shares) : wasm.or(vector(VECTORS.taken), vector(VECTORS.shares, index)),
      ),
      // NaN equals nothing; all bits are NaN.
      ...wasm.setLocal(
        VECTORS.shares + index,
        wasm.or(wasm.and(vector(VECTORS.shares, index), vector(VECTORS.gradient)), wasm.unequal(element, element)),
      ),
    ];
  });
  const stores = [0, 1].flatMap((row) => {
    const [left, right] = [vector(VECTORS.shares, 2 * row), vector(VECTORS.shares, 2 * row + 1)];
    const to = (offset: number, lanes: readonly number[]) =>
      wasm.store(covered(PARAMETERS.dx), row * lowerRow + offset, wasm.lanes(left, right, lanes));
    return [...to(0, [0, 4, 1, 5]), ...to(VECTOR_BYTES, [2, 6, 3, 7])];
  });
  return [
    // A window of nothing but -Infinity, as masks make them, has no largest element.
    ...wasm.setLocal(VECTORS.largest, wasm.maximum(y, wasm.number(LOWEST))),
    ...wasm.setLocal(VECTORS.gradient, isMasked ? wasm.multiply(dy, mask) : dy),
    ...shares,
    ...stores,
  ];
}
