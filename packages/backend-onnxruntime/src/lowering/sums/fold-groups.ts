import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { reshape } from "../fused/emit.js";
import { type AxisGroup, mergeGroups } from "./axis-groups.js";
import { type Fold, LONGEST_COLUMN, LONGEST_SINGLE_COLUMN, type Middle } from "./fold-block.js";
import { foldMiddle, SHARE_OF_A_STAGE } from "./fold-middle.js";

/** From this length on a leading axis is summed before the others: one pass over all elements, on all threads. */
const LONG_LEADING_AXIS = 16;

/** One group of axes that is folded, and the groups that the result has. */
export interface GroupFold {
  readonly middle: Middle;
  readonly rest: readonly AxisGroup[];
}

/** What is folded next: a long leading axis, else the longest; `undefined` when nothing is left. */
export function nextFold(groups: readonly AxisGroup[]): GroupFold | undefined {
  const position = nextSummed(groups);
  if (position < 0) return undefined;
  const extent = (part: readonly AxisGroup[]) => elementCount(part.map(({ size }) => size));
  return {
    middle: {
      outer: extent(groups.slice(0, position)),
      length: groups[position]?.size ?? 1,
      inner: extent(groups.slice(position + 1)),
    },
    rest: mergeGroups(groups.toSpliced(position, 1)),
  };
}

/** The share of the error that the first fold may make: half of it if others follow. */
export function firstShare(groups: readonly AxisGroup[]): number {
  return groups.filter(({ isSummed }) => isSummed).length > 1 ? 0.5 : 1;
}

/**
 * Folds one group after the other.
 * @param shape of the result
 * @param share of the error that the first fold may make
 */
export function foldGroups(
  graph: GraphBuilder,
  fold: Fold,
  x: GraphValue,
  groups: readonly AxisGroup[],
  shape: readonly number[],
  share = firstShare(groups),
): GraphValue {
  let value = x;
  let left = share;
  for (let next = nextFold(groups); next !== undefined; next = nextFold(next.rest)) {
    const { length, inner } = next.middle;
    value = foldMiddle(graph, fold, value, next.middle, left);
    const isShortColumn = inner > 1 && length <= LONGEST_COLUMN && left > SHARE_OF_A_STAGE;
    left = isShortColumn ? 1 - length / LONGEST_SINGLE_COLUMN : SHARE_OF_A_STAGE;
  }
  return reshape(graph, value, shape);
}

/** The position of the group that is summed next, -1 if none is left. */
function nextSummed(groups: readonly AxisGroup[]): number {
  const [first] = groups;
  if (groups.length > 1 && first?.isSummed === true && first.size >= LONG_LEADING_AXIS) return 0;
  let longest = -1;
  groups.forEach(({ size, isSummed }, i) => {
    if (isSummed && size > (groups[longest]?.size ?? 0)) longest = i;
  });
  return longest;
}
