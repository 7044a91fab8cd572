import { expect, it } from "vitest";
import { OnnxGraph } from "../../graph/onnx-graph.js";
import { encodeModel } from "../../onnx-model/encode-model.js";
import { useSoftwareGpu } from "../../testing/software-gpu.js";
import { openGraphRunner } from "../open-graph-runner.js";

it.skipIf(!useSoftwareGpu())(
  "waits for the device before a run, so that what is uploaded meanwhile goes first",
  async () => {
    const runner = openGraphRunner({ device: "webgpu" });
    const graph = new OnnxGraph(() => 0, { target: runner.target });
    const result = graph.op("Neg", [graph.input("float32", [4])]);
    const { nodes, initializers, inputs, outputs } = graph.finish([result]);
    const compiled = runner.compile({ model: encodeModel({ nodes, initializers, inputs, outputs }), inputs, outputs });
    const [x, y] = [runner.allocate(16), runner.allocate(16)];
    /** How many runs an action adds to the queue: copies count. */
    const added = (action: () => void): number => {
      const before = runner.statistics().runs;
      action();
      return runner.statistics().runs - before;
    };
    const upload = () => runner.upload(x, "float32", [1, 2, 3, 4]);
    const start = () => void runner.start(compiled, [x], [y]);
    expect([1, 2, 3, 4].flatMap(() => [added(upload), added(start)])).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect([added(upload), added(start)]).toEqual([1, 2]);
    expect([...runner.download(y, "float32", 4)]).toEqual([-1, -2, -3, -4]);
    await runner.close();
  },
);
