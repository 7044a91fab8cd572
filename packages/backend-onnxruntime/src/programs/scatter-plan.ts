import type { ScatterLayout, ScatterPlan, ScatterTask } from "../contract/scatter-program.js";
import { elementCount } from "../graph/value-spec.js";

/**
 * Measured on one thread, for each update and each of its elements: copying and adding a sorted row, passing a row by,
 * adding it into the table.
 */
const NANOSECONDS = {
  sortedRow: 200,
  sortedElement: 0.56,
  passedRow: 2,
  passedElement: 0.2,
  addedRow: 2,
  addedElement: 0.35,
} as const;

/** As many as the threads that work on a program at most. */
const MOST_PARTS = 4;
/** Adding the parts' tables must cost little beside the updates. */
const UPDATES_PER_ROW_AND_PART = 8;
const LEAST_PART_ELEMENTS = 131_072;

/** Rows of the table. */
export function scatterRows({ extents }: ScatterTask): number {
  return elementCount(extents);
}

/** How a scatter is computed. It follows from the sizes alone, so that its bits do not depend on the machine. */
export function scatterPlan(task: ScatterTask, layout: ScatterLayout): ScatterPlan {
  const { count, width } = task;
  const rows = scatterRows(task);
  const rowsAtOnce = Math.floor(layout.tableBytes / (width * 8));
  if (width * 4 > layout.updateBytes || rowsAtOnce === 0) return { isStreamed: false, parts: 1 };
  const n = NANOSECONDS;
  const passes = Math.ceil(rows / rowsAtOnce);
  const streamed = passes * (n.passedRow + width * n.passedElement) + n.addedRow + width * n.addedElement;
  const isStreamed = streamed < n.sortedRow + width * n.sortedElement;
  const wanted = Math.min(MOST_PARTS, count / (rows * UPDATES_PER_ROW_AND_PART), (count * width) / LEAST_PART_ELEMENTS);
  return { isStreamed, parts: isStreamed && passes === 1 && wanted >= 2 ? (wanted >= 4 ? 4 : 2) : 1 };
}

/** Updates at which the parts begin, and the number of all updates. */
export function partBounds({ count }: ScatterTask, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, part) => Math.floor((part * count) / parts));
}
