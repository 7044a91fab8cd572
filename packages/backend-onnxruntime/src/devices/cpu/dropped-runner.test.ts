import { expect, it } from "vitest";
import { encodeModel } from "../../onnx-model/encode-model.js";
import { collectGarbage } from "../../testing/collect-garbage.js";
import { memoryOf } from "../../testing/memory-of.js";
import { openGraphRunner } from "../open-graph-runner.js";

const SIDE = 1024;
const BYTES = SIDE * SIDE * 4;

/** Starts products that take a while. @returns what they write, as somebody knows it who does not keep it */
function startAndForget(): WeakRef<ArrayBuffer>[] {
  const runner = openGraphRunner();
  const inputs = [{ name: "x", dtype: "float32" as const, shape: [SIDE, SIDE] }];
  const outputs = [{ name: "y", dtype: "float32" as const, shape: [SIDE, SIDE] }];
  const nodes = [{ type: "MatMul", inputs: ["x", "x"], outputs: ["y"] }];
  const graph = runner.compile({ model: encodeModel({ nodes, initializers: [], inputs, outputs }), inputs, outputs });
  return Array.from({ length: 4 }, () => {
    const [x, y] = [runner.allocate(BYTES), runner.allocate(BYTES)];
    runner.start(graph, [x], [y]);
    return new WeakRef(memoryOf(y));
  });
}

it("memory that runs write stays while they are under way, though nobody has their runner any more", async () => {
  const written = startAndForget();
  await collectGarbage();
  expect(written.map((memory) => memory.deref()?.byteLength)).toEqual([BYTES, BYTES, BYTES, BYTES]);
});
