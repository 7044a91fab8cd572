import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { blockLength } from "../sums/block-length.js";
import { exactSum } from "../sums/exact-sum.js";
import type { ConvGeometry } from "./conv-geometry.js";
import { concat, range, reshape, transpose } from "./emit.js";
import { rawMatrixProduct } from "./matrix-product.js";

/** Up to this many columns, one product over all kernel offsets is faster than one for each. */
const WIDEST_PRODUCT = 64;
/** With fewer input channels a product for each offset has too few columns, so several offsets share one. */
const MANY_CHANNELS = 8;
/** Elements of the windows that are copied for one product. */
const MOST_WINDOW_ELEMENTS = 4_000_000;

/** A product of two rows of up to this many terms stays within 1e-6, whatever they hold. */
const LONGEST_DOT = 4096;
/** Terms in the parts of a longer one, whose errors add up; shorter parts take longer than an elementwise product. */
const DOT_PART = { longest: 1024, shortest: 256 };

/**
 * The gradient of the weight from dy and, for every kernel offset, the elements that it meets.
 *
 * @param gradRows [N · groups, Co / groups, P]
 * @param windows [N · groups, Ci / groups, P] each
 * @returns [Co, Ci / groups, offsets]
 */
export function weightProducts(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  gradRows: GraphValue,
  windows: readonly GraphValue[],
): GraphValue {
  const { groups, inChannels, outChannels, outSpatial } = geometry;
  const columns = (inChannels / groups) * windows.length;
  const isLongDot = outChannels === groups && inChannels === groups && elementCount(outSpatial) > LONGEST_DOT;
  const isNarrow = columns <= WIDEST_PRODUCT || inChannels / groups < MANY_CHANNELS;
  return isNarrow && !isLongDot
    ? productPerOffsets(graph, geometry, gradRows, windows)
    : productPerOffset(graph, geometry, gradRows, windows);
}

function productPerOffset(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  gradRows: GraphValue,
  windows: readonly GraphValue[],
): GraphValue {
  const { outChannels, inChannels, groups } = geometry;
  const parts = windows.map((window) => {
    const perImage = productOfRows(graph, gradRows, window);
    return reshape(graph, sumOverBatch(graph, geometry, perImage), [outChannels, inChannels / groups, 1]);
  });
  return concat(graph, parts, 2);
}

/** One product for as many offsets as make neither too many columns nor too large a copy. */
function productPerOffsets(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  gradRows: GraphValue,
  windows: readonly GraphValue[],
): GraphValue {
  const { batch, outChannels, inChannels, groups, outSpatial } = geometry;
  const positions = elementCount(outSpatial);
  const perProduct = Math.max(
    1,
    Math.min(
      Math.floor((WIDEST_PRODUCT * groups) / inChannels),
      Math.floor(MOST_WINDOW_ELEMENTS / (batch * inChannels * positions)),
    ),
  );
  const parts = range(0, Math.ceil(windows.length / perProduct)).map((index) => {
    const some = windows.slice(index * perProduct, (index + 1) * perProduct);
    const stacked = concat(graph, some, 1);
    const sum = sumOverBatch(graph, geometry, productOfRows(graph, gradRows, stacked));
    return reshape(graph, sum, [outChannels, some.length, inChannels / groups]);
  });
  return transpose(graph, concat(graph, parts, 1), [0, 2, 1]);
}

/**
 * [B, M, P] · [B, N, P]ᵀ. A single row on both sides, as for each channel of a depthwise convolution, is added one term
 * after the other: long ones are cut into parts, which lie one behind the other.
 */
function productOfRows(graph: GraphBuilder, left: GraphValue, right: GraphValue): GraphValue {
  const [batch = 1, rows = 1, length = 1] = left.shape;
  const columns = right.shape[1] ?? 1;
  const isLong = rows === 1 && columns === 1 && length > LONGEST_DOT;
  if (!isLong) return rawMatrixProduct(graph, left, right, { transposeB: true });
  const part = blockLength(length, DOT_PART.longest);
  const isDivided = length % part === 0 && part >= DOT_PART.shortest;
  const cut = (value: GraphValue) => reshape(graph, value, [(batch * length) / part, 1, part]);
  const terms = isDivided
    ? reshape(graph, rawMatrixProduct(graph, cut(left), cut(right), { transposeB: true }), [batch, 1, length / part])
    : graph.op("Mul", [right, left]);
  return reshape(graph, exactSum(graph, terms, [2]), [batch, 1, 1]);
}

function sumOverBatch(
  graph: GraphBuilder,
  { batch, groups, outChannels }: ConvGeometry,
  product: GraphValue,
): GraphValue {
  const columns = product.shape.at(-1) ?? 1;
  return exactSum(graph, reshape(graph, product, [batch, groups, outChannels / groups, columns]), [0]);
}
