import type { GraphRunner } from "../contract/graph-runner.js";
import { OnnxGraph } from "../graph/onnx-graph.js";
import { cast } from "../lowering/fused/emit.js";
import { encodeModel } from "../onnx-model/encode-model.js";

export type Half = "float16" | "bfloat16";

const SIDE = 16;

/**
 * Whether a device multiplies in this type. Nobody says it beforehand: not every adapter of WebGPU has halves, nor does
 * every GPU of CUDA. So a product is tried; of ones, whose sums are exact.
 */
export function multipliesIn(dtype: Half, runner: GraphRunner): boolean {
  if (runner.target?.halves?.[dtype].includes("MatMul") !== true) return false;
  const graph = new OnnxGraph();
  const x = graph.input("float32", [SIDE, SIDE]);
  const half = cast(graph, x, dtype);
  const { inputs, outputs, ...model } = graph.finish([cast(graph, graph.op("MatMul", [half, half]), "float32")]);
  const count = SIDE * SIDE;
  const [given, received] = [runner.allocate(count * 4), runner.allocate(count * 4)];
  try {
    const encoded = encodeModel({ ...model, inputs, outputs });
    const compiled = runner.compile({ model: encoded, inputs, outputs, isWhole: true });
    try {
      runner.upload(given, "float32", new Float32Array(count).fill(1));
      runner.join(runner.start(compiled, [given], [received]));
      return runner.download(received, "float32", count).every((value) => value === SIDE);
    } finally {
      runner.release(compiled);
    }
  } catch {
    return false; // the device refuses to compile the product or to run it
  } finally {
    runner.free(given);
    runner.free(received);
  }
}
