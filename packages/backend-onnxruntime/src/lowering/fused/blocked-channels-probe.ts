import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { GraphBuffer } from "../../contract/graph-buffer.js";
import type { GraphRunner } from "../../contract/graph-runner.js";
import { elementCount } from "../../graph/value-spec.js";
import { OnnxGraph } from "../../graph/onnx-graph.js";
import { encodeModel } from "../../onnx-model/encode-model.js";
import { blockedConvolution } from "./blocked-convolution.js";
import { blockedWeight, reversedBlockedWeight } from "./blocked-weight.js";
import { axesConstant, range, transpose } from "./emit.js";
import { type ConvGeometry, onnxConvAttributes, outputShape } from "./conv-geometry.js";

/** Vector widths that ONNX Runtime's blocked layout can have. */
const CANDIDATES = [16, 8] as const;

/** Two blocks of the widest kind in and out, so that a wrong order of blocks or within a block shows. */
const PROBE: ConvGeometry = {
  batch: 1,
  inChannels: 32,
  outChannels: 32,
  groups: 1,
  kernel: [3, 3],
  stride: [1, 1],
  dilation: [1, 1],
  before: [1, 0],
  after: [0, 1],
  inSpatial: [4, 5],
  outSpatial: [3, 4],
};
const DEPTHWISE: ConvGeometry = { ...PROBE, groups: PROBE.inChannels };

/**
 * How many channels a block of ONNX Runtime's blocked layout has on this machine; 0 if no size gives right numbers.
 * The library does not tell, and a wrong size gives wrong numbers without an error, so both are tried on small whole
 * numbers, whose sums are exact in any order. It takes a reversed weight to tell them apart: a weight that ONNX Runtime
 * reorders by itself is right whatever size is assumed.
 */
export function probeBlockedChannels(runner: GraphRunner): number {
  return CANDIDATES.find((block) => givesRightNumbers(runner, block)) ?? 0;
}

function givesRightNumbers(runner: GraphRunner, block: number): boolean {
  const graph = new OnnxGraph(() => block);
  const x = graph.input("float32", [PROBE.batch, PROBE.inChannels, ...PROBE.inSpatial]);
  const weight = graph.input("float32", [PROBE.outChannels, PROBE.inChannels, ...PROBE.kernel]);
  const channelWeight = graph.input("float32", [PROBE.outChannels, 1, ...PROBE.kernel]);
  const shape = outputShape(PROBE);
  const plain = (geometry: ConvGeometry, kernel: GraphValue) =>
    graph.op("Conv", [x, kernel], { shape, attrs: onnxConvAttributes(geometry) });
  const inBlocks = (geometry: ConvGeometry, kernel: GraphValue) =>
    blockedConvolution(graph, geometry, [x, kernel, undefined]);
  const description = graph.finish([
    plain(PROBE, weight),
    plain(PROBE, reversed(graph, transpose(graph, weight, [1, 0, 2, 3]))),
    plain(DEPTHWISE, channelWeight),
    plain(DEPTHWISE, reversed(graph, channelWeight)),
    inBlocks(PROBE, blockedWeight(graph, weight)),
    inBlocks(PROBE, reversedBlockedWeight(graph, weight)),
    inBlocks(DEPTHWISE, blockedWeight(graph, channelWeight)),
    inBlocks(DEPTHWISE, reversedBlockedWeight(graph, channelWeight)),
  ]);
  let compiled;
  try {
    compiled = runner.compile({
      model: encodeModel(description),
      inputs: description.inputs,
      outputs: description.outputs,
    });
  } catch {
    // A runner without the blocked operators (another provider, a reduced build) simply does without them.
    return false;
  }
  const inputs = [x, weight, channelWeight].map((value, index) =>
    smallNumbers(runner, elementCount(value.shape), index),
  );
  const outputs = description.outputs.map(() => runner.allocate(elementCount(shape) * 4));
  runner.join(runner.start(compiled, inputs, outputs));
  const results = outputs.map((buffer) => runner.download(buffer, "float32", elementCount(shape)));
  for (const buffer of [...inputs, ...outputs]) runner.free(buffer);
  runner.release(compiled);
  const texts = results.map(String);
  const expected = texts.splice(0, texts.length / 2);
  return texts.every((received, index) => received === expected[index]);
}

/** Both spatial dimensions the other way round. */
function reversed(graph: GraphBuilder, weight: GraphValue): GraphValue {
  return PROBE.kernel.reduce((value, size, axis) => {
    const backwards = axesConstant(graph, range(0, size).toReversed());
    return graph.op("Gather", [value, backwards], { attrs: { axis: axis + 2 } });
  }, weight);
}

/** Whole numbers from -4 to 4 that do not repeat with any block size. */
function smallNumbers(runner: GraphRunner, count: number, seed: number): GraphBuffer {
  const buffer = runner.allocate(count * 4);
  const values = new Float32Array(count);
  for (let index = 0; index < count; index += 1) values[index] = ((Math.imul(index + seed, 0x9e3779b1) >>> 16) % 9) - 4;
  runner.upload(buffer, "float32", values);
  return buffer;
}
