import type { ScatterLayout, ScatterProgram, ScatterTask } from "../contract/scatter-program.js";
import { scatterPlan } from "./scatter-plan.js";
import { type Code, encodeModule, type FunctionDescription, wasm } from "./wasm-module.js";

/** Columns of a chunk's row are a multiple of 16 (64 bytes), so that eight pairs of sums stay in registers. */
const PAIRS = 8;
/** Pairs that are added in one round, because one a round spends a third of its time on counting. */
const PAIRS_IN_A_ROUND = 4;
const SUMS = 0;
const SUM_BYTES = 32 * 1024;

const LAYOUT: ScatterLayout = {
  pages: 37,
  results: SUM_BYTES,
  resultBytes: SUM_BYTES / 2,
  indices: 48 * 1024,
  indexBytes: 16 * 1024,
  updates: 64 * 1024,
  updateBytes: 256 * 1024,
  table: 320 * 1024,
  tableBytes: 2 * 1024 * 1024,
};

/** In how many parts the program sums its updates. */
export function scatterParts(task: ScatterTask): number {
  return scatterPlan(task, LAYOUT).parts;
}

/** A program for one kind of scatter; all of them share the module. */
export function scatterProgram(task: ScatterTask): ScatterProgram {
  made ??= encodeModule({ pages: LAYOUT.pages }, [sum(), scatter(), round()]);
  return { kind: "scatter", key: "scatter", module: made, layout: LAYOUT, task, plan: scatterPlan(task, LAYOUT) };
}

let made: Uint8Array<ArrayBuffer> | undefined;

function eachPair(emit: (pair: number) => Code): Code {
  return Array.from({ length: PAIRS }, (_, pair) => emit(pair)).flat();
}

/**
 * `sum(bytes, stride, isFirst, isLast)` adds the rows of a chunk, `bytes` long and `stride` bytes each, into one row of
 * float64 sums, which the first chunk of a row sets to zero and the last one rounds into the results.
 */
function sum(): FunctionDescription {
  const bytes = wasm.local(0);
  const stride = wasm.local(1);
  const isFirst = wasm.local(2);
  const isLast = wasm.local(3);
  const column = wasm.local(4);
  const position = wasm.local(5);
  const end = wasm.local(6);
  const total = (pair: number) => 7 + pair;
  const place = wasm.addInteger(column, column);
  const start = wasm.when(
    isFirst,
    eachPair((pair) => wasm.setLocal(total(pair), wasm.zeroVector())),
    eachPair((pair) => wasm.setLocal(total(pair), wasm.load(place, SUMS + 16 * pair))),
  );
  const addRow = eachPair((pair) =>
    wasm.setLocal(
      total(pair),
      wasm.addPairs(wasm.local(total(pair)), wasm.loadPair(position, LAYOUT.updates + 8 * pair)),
    ),
  );
  const addRows = wasm.repeatWhile(
    [...addRow, ...wasm.setLocal(5, wasm.addInteger(position, stride))],
    wasm.isBelow(position, end),
  );
  const finish = wasm.when(
    isLast,
    eachPair((pair) => wasm.storePair(column, LAYOUT.results + 8 * pair, wasm.local(total(pair)))),
    eachPair((pair) => wasm.store(place, SUMS + 16 * pair, wasm.local(total(pair)))),
  );
  const bounds = [...wasm.setLocal(5, column), ...wasm.setLocal(6, wasm.addInteger(column, bytes))];
  const advance = wasm.setLocal(4, wasm.addInteger(column, wasm.integer(PAIRS * 8)));
  const body = wasm.repeatWhile([...start, ...bounds, ...addRows, ...finish, ...advance], wasm.isBelow(column, stride));
  return { name: "sum", integerParameters: 4, floatParameters: 0, integerLocals: 3, vectorLocals: PAIRS, body };
}

/**
 * `scatter(indexBytes, width, firstRow, rows)` adds a chunk of updates into those rows of the table whose numbers are
 * from `firstRow` on; others are passed over. There is at least one index.
 */
function scatter(): FunctionDescription {
  const indexBytes = wasm.local(0);
  const width = wasm.local(1);
  const firstRow = wasm.local(2);
  const rows = wasm.local(3);
  const index = wasm.local(4);
  const row = wasm.local(5);
  const source = wasm.local(6);
  const target = wasm.local(7);
  const end = wasm.local(8);
  const times = (value: Code, factor: number) => wasm.multiplyInteger(value, wasm.integer(factor));
  const { table, updates, indices } = LAYOUT;
  const addPairs = (count: number) => [
    ...Array.from({ length: count }, (_, pair) =>
      wasm.store(
        target,
        table + 16 * pair,
        wasm.addPairs(wasm.load(target, table + 16 * pair), wasm.loadPair(source, updates + 8 * pair)),
      ),
    ).flat(),
    ...wasm.setLocal(6, wasm.addInteger(source, wasm.integer(8 * count))),
    ...wasm.setLocal(7, wasm.addInteger(target, wasm.integer(16 * count))),
  ];
  const addLast = [
    ...wasm.storeDouble(
      target,
      table,
      wasm.addDoubles(wasm.loadDouble(target, table), wasm.loadSingle(source, updates)),
    ),
    ...wasm.setLocal(6, wasm.addInteger(source, wasm.integer(4))),
  ];
  // The first of `count` pairs that are all there begins below `end - 8 * count + 4` bytes; a column may be left over.
  const whilePairs = (count: number) => {
    const last = wasm.subtractInteger(end, wasm.integer(8 * count - 4));
    return wasm.when(wasm.isLess(source, last), wasm.repeatWhile(addPairs(count), wasm.isLess(source, last)));
  };
  const addUpdate = [
    ...wasm.setLocal(7, times(wasm.multiplyInteger(row, width), 8)),
    ...whilePairs(PAIRS_IN_A_ROUND),
    ...whilePairs(1),
    ...wasm.when(wasm.isBelow(source, end), addLast),
  ];
  const each = [
    ...wasm.setLocal(5, wasm.subtractInteger(wasm.loadInteger(index, indices), firstRow)),
    ...wasm.setLocal(8, wasm.addInteger(source, times(width, 4))),
    ...wasm.when(wasm.isBelow(row, rows), addUpdate, wasm.setLocal(6, end)),
    ...wasm.setLocal(4, wasm.addInteger(index, wasm.integer(4))),
  ];
  return {
    name: "scatter",
    integerParameters: 4,
    floatParameters: 0,
    integerLocals: 5,
    vectorLocals: 0,
    body: wasm.repeatWhile(each, wasm.isBelow(index, indexBytes)),
  };
}

/** `round(bytes)` turns the table's first `bytes` of float64, a multiple of 16, into float32 from its beginning on. */
function round(): FunctionDescription {
  const bytes = wasm.local(0);
  const source = wasm.local(1);
  const target = wasm.local(2);
  const body = [
    ...wasm.storePair(target, LAYOUT.table, wasm.load(source, LAYOUT.table)),
    ...wasm.setLocal(1, wasm.addInteger(source, wasm.integer(16))),
    ...wasm.setLocal(2, wasm.addInteger(target, wasm.integer(8))),
  ];
  return {
    name: "round",
    integerParameters: 1,
    floatParameters: 0,
    integerLocals: 2,
    vectorLocals: 0,
    body: wasm.repeatWhile(body, wasm.isBelow(source, bytes)),
  };
}
