// Reads what a scatter's request asks for and does it in units that threads can take, on the executor thread and on its
// helpers. Plain JavaScript, like run-worker.js.
import { streamUpdates, sumSortedRows } from "./scatter-rows.js";
import { layout } from "./thread-layout.js";

const { SCATTER, SCATTER_HEAD_FIELDS, MOST_UNITS } = layout;

// Units are of at least this many elements, and about as many as can keep a few threads evenly busy.
const LEAST_UNIT_ELEMENTS = 65_536;
const WANTED_UNITS = 32;
// A row that has more updates than a unit should is split into blocks of at least this many columns.
const LEAST_BLOCK_COLUMNS = 64;

/** @typedef {import("../contract/scatter-program.js").ScatterLayout} ScatterLayout */
/**
 * @typedef {{ buffer: ArrayBuffer, layout: ScatterLayout, exports: Record<string, (...args: number[]) => void> }}
 * ScatterProgram
 */
/**
 * @typedef {{ count: number, width: number, rows: number, updates: Float32Array<ArrayBuffer>, indices:
 * Int32Array<ArrayBuffer>, table: Float32Array<ArrayBuffer>, depth: number }} ScatterArrays
 */
/**
 * @typedef {{ rowOf: Int32Array<ArrayBuffer>, order: Int32Array<ArrayBuffer>, offsets: Int32Array<ArrayBuffer>, units:
 * Int32Array<ArrayBuffer>, sums: Float64Array<ArrayBuffer> }} ScatterRoom
 */
/**
 * @typedef {ScatterArrays & ScatterRoom & { fields: BigInt64Array<ArrayBuffer>, isStreamed: boolean, parts: number,
 * skippedRow: number, skipsOutside: boolean }} Scatter
 */

/**
 * @param {BigInt64Array<ArrayBuffer>} fields of the whole request
 * @param {(address: bigint, count: number) => Float32Array<ArrayBuffer>} floatsAt
 * @returns {Scatter}
 */
export function readScatter(fields, floatsAt) {
  const number = (/** @type {number} */ name) => Number(fields[name]);
  const address = (/** @type {number} */ name) => fields[name] ?? 0n;
  const [parts, count, width, rows, depth] = [
    number(SCATTER.parts),
    number(SCATTER.count),
    number(SCATTER.width),
    number(SCATTER.rows),
    number(SCATTER.depth),
  ];
  const sums = new Float64Array(fields.buffer, (SCATTER_HEAD_FIELDS + depth) * 8, parts > 1 ? parts * rows * width : 0);
  const room = new Int32Array(fields.buffer, sums.byteOffset + sums.byteLength);
  const units = room.subarray(0, MOST_UNITS * 4);
  return {
    fields,
    isStreamed: number(SCATTER.isStreamed) === 1,
    skippedRow: number(SCATTER.skippedRow),
    skipsOutside: number(SCATTER.skipsOutside) === 1,
    ...{ parts, count, width, rows, depth, sums, units },
    rowOf: room.subarray(units.length, units.length + count),
    order: room.subarray(units.length + count, units.length + 2 * count),
    offsets: room.subarray(units.length + 2 * count, units.length + 2 * count + rows + 2),
    updates: floatsAt(address(SCATTER.updates), count * width).subarray(0, count * width),
    indices: new Int32Array(floatsAt(address(SCATTER.indices), count * depth).buffer, 0, count * depth),
    table: floatsAt(address(SCATTER.table), rows * width).subarray(0, rows * width),
  };
}

/**
 * Checks the indices and splits the work; there are no units if an index is wrong.
 *
 * @param {Scatter} scatter
 * @param {ScatterLayout} places
 * @param {number} threads
 */
export function prepareScatter(scatter, places, threads) {
  const bad = findRows(scatter);
  scatter.fields[SCATTER.status] = BigInt(bad + 1);
  scatter.fields[SCATTER.units] = 0n;
  if (bad >= 0) {
    for (let level = 0; level < scatter.depth; level += 1)
      scatter.fields[SCATTER_HEAD_FIELDS + level] = BigInt(scatter.indices[bad * scatter.depth + level] ?? 0);
    return;
  }
  if (!scatter.isStreamed) sortByRow(scatter);
  scatter.fields[SCATTER.units] = BigInt(
    scatter.parts > 1
      ? splitUpdates(scatter)
      : scatter.isStreamed
        ? splitTable(scatter, places, threads)
        : splitRows(scatter),
  );
}

/** @param {Scatter} scatter */
export function unitsOf(scatter) {
  return Number(scatter.fields[SCATTER.units]);
}

/**
 * @param {Scatter} scatter
 * @param {ScatterProgram} program
 * @param {() => number} claim gives the number of a unit that nobody else does
 */
export function runUnits(scatter, program, claim) {
  const count = unitsOf(scatter);
  for (let unit = claim(); unit < count; unit = claim()) {
    const [firstRow = 0, endRow = 0, first = 0, end = 0] = scatter.units.subarray(unit * 4, unit * 4 + 4);
    if (!scatter.isStreamed) sumSortedRows(program, scatter, { firstRow, endRow, firstColumn: first, endColumn: end });
    else streamUpdates(program, scatter, { firstRow, endRow, first, end, part: scatter.parts > 1 ? unit : undefined });
  }
}

/**
 * After all units: adds the sums of the parts.
 *
 * @param {Scatter} scatter
 * @returns {bigint} the status of the run: -1 if an index was wrong
 */
export function finishScatter(scatter) {
  const { fields, parts, sums, table } = scatter;
  if (fields[SCATTER.status] !== 0n) return -1n;
  if (parts === 1) return 0n;
  for (let element = 0; element < table.length; element += 1) {
    let total = sums[element] ?? 0;
    for (let place = element + table.length; place < sums.length; place += table.length) total += sums[place] ?? 0;
    table[element] = total;
  }
  return 0n;
}

/**
 * Fills `rowOf` with row numbers, -1 for updates that do not count.
 *
 * @param {Scatter} scatter
 * @returns {number} the first update whose index is wrong, or -1
 */
function findRows({ fields, indices, count, rows, depth, rowOf, skippedRow, skipsOutside }) {
  const extents = Array.from(fields.subarray(SCATTER_HEAD_FIELDS, SCATTER_HEAD_FIELDS + depth), Number);
  for (let update = 0; update < count; update += 1) {
    let row = depth === 1 ? (indices[update] ?? -1) : rowAt(indices, update * depth, extents);
    if (row < 0 || row >= rows) {
      if (!skipsOutside) return update;
      row = -1;
    }
    rowOf[update] = row === skippedRow ? -1 : row;
  }
  return -1;
}

/**
 * @param {Int32Array} indices
 * @param {number} start
 * @param {number[]} extents
 * @returns {number} the row of an index of several parts, or -1 if it is outside of the table
 */
function rowAt(indices, start, extents) {
  let row = 0;
  for (let level = 0; level < extents.length; level += 1) {
    const [index = -1, extent = 0] = [indices[start + level], extents[level]];
    if (index < 0 || index >= extent) return -1;
    row = row * extent + index;
  }
  return row;
}

/**
 * Updates of a row stay in their order: `order` lists them row after row, `offsets` says where each row begins.
 *
 * @param {Scatter} scatter
 */
function sortByRow({ count, rows, rowOf, order, offsets }) {
  offsets.fill(0);
  for (let update = 0; update < count; update += 1) {
    const row = rowOf[update] ?? -1;
    if (row >= 0) offsets[row + 2] = (offsets[row + 2] ?? 0) + 1;
  }
  for (let row = 2; row < rows + 2; row += 1) offsets[row] = (offsets[row] ?? 0) + (offsets[row - 1] ?? 0);
  for (let update = 0; update < count; update += 1) {
    const row = rowOf[update] ?? -1;
    if (row < 0) continue;
    const place = offsets[row + 1] ?? 0;
    order[place] = update;
    offsets[row + 1] = place + 1;
  }
}

/**
 * Ranges of rows with about equally many elements to read and write; a row with too many is split by columns.
 *
 * @param {Scatter} scatter
 * @returns {number} units
 */
function splitRows({ rows, width, offsets, units }) {
  const total = ((offsets[rows] ?? 0) + rows) * width;
  const wanted = Math.max(LEAST_UNIT_ELEMENTS, total / WANTED_UNITS);
  let count = 0;
  /** @param {number[]} unit */
  const add = (unit) => units.set(unit, 4 * count++);
  let first = 0;
  let elements = 0;
  for (let row = 0; row < rows; row += 1) {
    const own = ((offsets[row + 1] ?? 0) - (offsets[row] ?? 0) + 1) * width;
    const blocks = Math.min(Math.floor(own / wanted), Math.floor(width / LEAST_BLOCK_COLUMNS));
    if (blocks > 1) {
      if (first < row) add([first, row, 0, width]);
      for (let block = 0; block < blocks; block += 1)
        add([row, row + 1, Math.floor((block * width) / blocks), Math.floor(((block + 1) * width) / blocks)]);
      first = row + 1;
      elements = 0;
    } else if (elements + own >= wanted) {
      add([first, row + 1, 0, width]);
      first = row + 1;
      elements = 0;
    } else elements += own;
  }
  if (first < rows) add([first, rows, 0, width]);
  return count;
}

/**
 * Ranges of rows whose float64 sums fit into the program's memory, one for every thread at least.
 *
 * @param {Scatter} scatter
 * @param {ScatterLayout} layout
 * @param {number} threads
 * @returns {number} units
 */
function splitTable({ rows, width, count, units }, { tableBytes }, threads) {
  const useful = count * width >= 2 * LEAST_UNIT_ELEMENTS ? Math.min(threads, rows) : 1;
  const ranges = Math.max(useful, Math.ceil(rows / Math.floor(tableBytes / (width * 8))));
  for (let k = 0; k < ranges; k += 1)
    units.set([Math.floor((k * rows) / ranges), Math.floor(((k + 1) * rows) / ranges), 0, count], k * 4);
  return ranges;
}

/**
 * One unit for each part; `partBounds` in programs/scatter-plan.ts repeats where they begin.
 *
 * @param {Scatter} scatter
 * @returns {number} units
 */
function splitUpdates({ rows, count, parts, units }) {
  for (let part = 0; part < parts; part += 1)
    units.set([0, rows, Math.floor((part * count) / parts), Math.floor(((part + 1) * count) / parts)], part * 4);
  return parts;
}
