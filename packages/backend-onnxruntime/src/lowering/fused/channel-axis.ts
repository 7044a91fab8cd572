import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { axesConstant, range, reshape } from "./emit.js";

/** Positions of an image up to which numbers are repeated, and images that make up for it. */
const SHORT_RUN = 64;
const LEAST_IMAGES = 8;

/**
 * [C] as [C, 1, …], to broadcast over x of [N, C, ...]. ONNX Runtime's loops run over the positions of a channel. Where
 * these are few, the numbers are repeated for each of them ([C, ...spatial]), so that the loops run over whole images:
 * a tenth of the time for images of 2×2. A graph for any size of its inputs, or for a device, keeps them as they are.
 */
export function perChannel(graph: GraphBuilder, value: GraphValue, { shape }: GraphValue): GraphValue {
  const [batch = 0, channels = 0, ...spatial] = shape;
  const numbers = reshape(graph, value, [channels, ...spatial.map(() => 1)]);
  const positions = elementCount(spatial);
  const isShort = positions > 1 && positions <= SHORT_RUN && batch >= LEAST_IMAGES;
  if (!isShort || graph.target !== undefined || graph.isPortable === true) return numbers;
  const repeated = [channels, ...spatial];
  return graph.op("Expand", [numbers, axesConstant(graph, repeated)], { shape: repeated });
}

/** Every axis of [N, C, ...] but the channels. */
export function axesBesideChannels(rank: number): number[] {
  return range(0, rank).filter((axis) => axis !== 1);
}
