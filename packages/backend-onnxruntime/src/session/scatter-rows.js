// The two ways to sum a scatter's updates, both with the sums of an element's updates in their order, in float64,
// rounded once. Plain JavaScript, like run-worker.js.

/** @typedef {import("./scatter-work.js").Scatter} Scatter */
/** @typedef {import("./scatter-work.js").ScatterProgram} ScatterProgram */

// A chunk's rows take a multiple of this many elements.
const STRIDE_ELEMENTS = 16;

/**
 * Sums updates that were sorted, one row of the table after the other, in blocks of columns that fit into the memory.
 * @param {ScatterProgram} program
 * @param {Scatter} scatter
 * @param {{ firstRow: number, endRow: number, firstColumn: number, endColumn: number }} unit
 */
export function sumSortedRows(program, scatter, { firstRow, endRow, firstColumn, endColumn }) {
  const mostColumns = program.layout.resultBytes / 4;
  for (let column = firstColumn; column < endColumn; column += mostColumns) {
    sumColumns(program, scatter, { firstRow, endRow, column, columns: Math.min(mostColumns, endColumn - column) });
  }
}

/**
 * @param {ScatterProgram} program
 * @param {Scatter} scatter
 * @param {{ firstRow: number, endRow: number, column: number, columns: number }} block
 */
function sumColumns(
  { buffer, layout, exports },
  { updates, table, width, order, offsets },
  { firstRow, endRow, column, columns },
) {
  const stride = Math.ceil(columns / STRIDE_ELEMENTS) * STRIDE_ELEMENTS;
  const chunkRows = Math.floor(layout.updateBytes / 4 / stride);
  const chunk = new Float32Array(buffer, layout.updates, layout.updateBytes / 4);
  const result = new Float32Array(buffer, layout.results, columns);
  const { sum } = exports;
  const isWhole = columns === width;
  let emptyFrom = firstRow;
  for (let row = firstRow; row < endRow; row += 1) {
    const start = row * width + column;
    const end = offsets[row + 1] ?? 0;
    let place = offsets[row] ?? 0;
    if (place === end) {
      if (!isWhole) table.fill(0, start, start + columns);
      continue;
    }
    if (isWhole && emptyFrom < row) table.fill(0, emptyFrom * width, start);
    emptyFrom = row + 1;
    for (let isFirst = 1; place < end; isFirst = 0) {
      const taken = Math.min(chunkRows, end - place);
      for (let k = 0; k < taken; k += 1) {
        const from = (order[place + k] ?? 0) * width + column;
        chunk.set(updates.subarray(from, from + columns), k * stride);
      }
      place += taken;
      sum?.(taken * stride * 4, stride * 4, isFirst, place === end ? 1 : 0);
    }
    table.set(result, start);
  }
  if (isWhole && emptyFrom < endRow) table.fill(0, emptyFrom * width, endRow * width);
}

/**
 * Sums updates in the order in which they come: they pass through the memory, where the sums of a range of rows lie.
 * @param {ScatterProgram} program
 * @param {Scatter} scatter
 * @param {{ firstRow: number, endRow: number, first: number, end: number, part: number | undefined }} unit rows, and
 *   updates; the sums of a part stay float64
 */
export function streamUpdates(
  { buffer, layout, exports },
  { updates, table, sums, rowOf, width },
  { firstRow, endRow, first, end, part },
) {
  const elements = (endRow - firstRow) * width;
  const chunk = new Float32Array(buffer, layout.updates, layout.updateBytes / 4);
  const rows = new Int32Array(buffer, layout.indices, layout.indexBytes / 4);
  const totals = new Float64Array(buffer, layout.table, elements);
  const atOnce = Math.min(rows.length, Math.floor(chunk.length / width));
  const { scatter, round } = exports;
  totals.fill(0);
  for (let from = first; from < end; from += atOnce) {
    const to = Math.min(end, from + atOnce);
    chunk.set(updates.subarray(from * width, to * width));
    rows.set(rowOf.subarray(from, to));
    scatter?.((to - from) * 4, width, firstRow, endRow - firstRow);
  }
  if (part !== undefined) {
    sums.set(totals, part * elements);
    return;
  }
  if (elements > 0) round?.(Math.ceil(elements / 2) * 16);
  table.set(new Float32Array(buffer, layout.table, elements), firstRow * width);
}
