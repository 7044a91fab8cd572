import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { concat, range, reshape, transpose, zeros } from "../fused/emit.js";
import { foldBlock, LONGEST_COLUMN, LONGEST_COLUMN_BLOCK, LONGEST_ROW_BLOCK, type Middle } from "./fold-block.js";

/** From here on not copying saves more than the nodes cost that find out which block belongs to whom. */
const LEAST_ELEMENTS = 131_072;
const SHORTEST_BLOCK = 8;
/** Many short columns, one by one, take longer than fewer ones. */
const LONGEST_SHARED_COLUMN = 64;
const FEWEST_GROUPS = 8;
/** Picking the sum of a block takes about as long as picking two terms of a block that two sums share. */
const COST_OF_A_BLOCK = 2;

/** Values that remain to be summed over `middle.length`; `restored` puts the sums into their places. */
export interface SharedSums {
  readonly value: GraphValue;
  readonly middle: Middle;
  readonly restored: (sums: GraphValue) => GraphValue;
}

/**
 * How many neighbouring sums are read together: as many as a block has terms, so that blocks fill them without a rest.
 * Block and length have no common divisor, so that every border between two sums cuts a block at another place.
 * @returns `undefined` where blocks of no length serve
 */
export function sharedBlockLength(middle: Middle): number | undefined {
  return bestBlock(middle, (block) => middle.outer % block === 0);
}

/** As `sharedBlockLength`, for all but the last few sums; `undefined` where these would be too many. */
export function blockOfMostSums(middle: Middle): number | undefined {
  return bestBlock(middle, (block) => middle.outer >= FEWEST_GROUPS * block);
}

function bestBlock({ outer, length, inner }: Middle, isPossible: (block: number) => boolean): number | undefined {
  if (outer * length * inner < LEAST_ELEMENTS) return undefined;
  const longest = inner === 1 ? LONGEST_ROW_BLOCK : LONGEST_SHARED_COLUMN;
  const cost = (block: number) => block + (COST_OF_A_BLOCK * length) / block;
  return range(SHORTEST_BLOCK, longest + 1)
    .filter((block) => isCoprime(block, length) && isPossible(block))
    .sort((a, b) => cost(a) - cost(b))[0];
}

/**
 * Sums float32 [outer, length, inner] in blocks that ignore where a sum ends. Each sum then consists of the blocks that
 * it has to itself, and of its shares of the two blocks at its borders. Only those two are copied: ONNX has no views,
 * and a copy of everything takes three times as long as the sum. No share is made by a product with zeros or by a
 * difference, so that an infinite number or a NaN stays in its sum.
 * @param block from `sharedBlockLength`
 */
export function sumSharedBlocks(
  graph: GraphBuilder,
  value: GraphValue,
  { outer, length, inner }: Middle,
  block: number,
): SharedSums {
  const groups = outer / block;
  const blocks = reshape(graph, value, [groups, length, block, inner]);
  const sums = foldBlock(graph, "sum", blocks, { outer: groups * length, length: block, inner });
  const [before, behind] = borderShares(graph, blocks);
  const { rows, places } = placesOfSums(length, block);
  const all = concat(
    graph,
    [reshape(graph, sums, [groups, length, inner]), before, behind, zeros(graph, [groups, 1, inner])],
    1,
  );
  const rowsOfGroups = transpose(graph, all, [1, 0, 2]);
  const picked = graph.op("Gather", [rowsOfGroups, graph.constant(places, "int64", [places.length])], {
    shape: [places.length, groups, inner],
    attrs: { axis: 0 },
  });
  return {
    value: picked,
    middle: { outer: block, length: rows, inner: groups * inner },
    restored: (result) =>
      reshape(graph, transpose(graph, reshape(graph, result, [block, groups, inner]), [1, 0, 2]), [outer, inner]),
  };
}

/**
 * Of the blocks that two sums share, [groups, block - 1, inner] each: what belongs to the sum before the border, and to
 * the one behind it. The k-th border has k + 1 terms before it, so that triangles cut them.
 */
function borderShares(graph: GraphBuilder, blocks: GraphValue): [GraphValue, GraphValue] {
  const [groups = 1, length = 1, block = 1, inner = 1] = blocks.shape;
  const shared = bordersByPlace(length, block).map((row) => Math.floor((row * length) / block));
  const borders = graph.op("Gather", [blocks, graph.constant(shared, "int64", [shared.length])], {
    shape: [groups, block - 1, block, inner],
    attrs: { axis: 1 },
  });
  const terms = reshape(
    graph,
    transpose(graph, borders, [0, 3, 1, 2]),
    inner === 1 ? [groups, block - 1, block] : [groups * inner, block - 1, block],
  );
  const share = (upper: number) => {
    const triangle = graph.op("Trilu", [terms, graph.constant(upper, "int64", [])], { attrs: { upper } });
    const sums = foldBlock(graph, "sum", triangle, { outer: groups * inner * (block - 1), length: block, inner: 1 });
    return transpose(graph, reshape(graph, sums, [groups, inner, block - 1]), [0, 2, 1]);
  };
  return [share(0), share(1)];
}

function isCoprime(a: number, b: number): boolean {
  return b === 0 ? a === 1 : isCoprime(b, a % b);
}

/** The rows of a group behind a border, by the number of terms that the border's block has before it. */
function bordersByPlace(length: number, block: number): number[] {
  return range(1, block).sort((a, b) => ((a * length) % block) - ((b * length) % block));
}

/**
 * For every row of a group, where its parts lie: whole blocks, its share of the block at its end and at its start, and
 * zeros until all rows have equally many, a number that further blocks divide.
 */
function placesOfSums(length: number, block: number): { readonly rows: number; readonly places: readonly number[] } {
  const placeOf = new Map(bordersByPlace(length, block).map((row, place) => [row, place]));
  const zero = length + 2 * (block - 1);
  const parts = range(0, block).map((row) => {
    const before = placeOf.get(row + 1);
    const behind = placeOf.get(row);
    return [
      ...range(Math.ceil((row * length) / block), Math.floor(((row + 1) * length) / block)),
      ...(before === undefined ? [] : [length + before]),
      ...(behind === undefined ? [] : [length + block - 1 + behind]),
    ];
  });
  const most = Math.max(...parts.map((part) => part.length));
  const rows = most <= LONGEST_COLUMN ? most : Math.ceil(most / LONGEST_COLUMN_BLOCK) * LONGEST_COLUMN_BLOCK;
  return { rows, places: parts.flatMap((part) => range(0, rows).map((k) => part[k] ?? zero)) };
}
