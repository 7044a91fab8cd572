import { expect, it } from "vitest";
import { OnnxGraph } from "../../graph/onnx-graph.js";
import { perChannel } from "./channel-axis.js";

function shapeFor(x: readonly number[], isPortable = false): readonly number[] {
  const graph = new OnnxGraph(() => 0, { isPortable });
  return perChannel(graph, graph.input("float32", [x[1] ?? 0]), graph.input("float32", x)).shape;
}

it("repeats numbers of channels for images of few positions, if there are several", () => {
  expect(shapeFor([8, 6, 2, 3])).toEqual([6, 2, 3]);
  expect(shapeFor([8, 6, 8, 8])).toEqual([6, 8, 8]);
  expect(shapeFor([7, 6, 2, 3])).toEqual([6, 1, 1]);
  expect(shapeFor([8, 6, 8, 9])).toEqual([6, 1, 1]);
  expect(shapeFor([8, 6, 1, 1])).toEqual([6, 1, 1]);
  expect(shapeFor([8, 6])).toEqual([6]);
});

it("does not where a graph is for any size of its inputs", () => {
  expect(shapeFor([8, 6, 2, 3], true)).toEqual([6, 1, 1]);
});
