import { describe, expect, it } from "vitest";
import type { ModelNode } from "../onnx-model/model-description.js";
import { fuseRelu } from "./fuse-relu.js";

const conv: ModelNode = { type: "Conv", inputs: ["x", "w"], outputs: ["c"], attrs: { group: 1 } };
const relu: ModelNode = { type: "Relu", inputs: ["c"], outputs: ["y"] };

describe("a relu behind a convolution", () => {
  it("becomes part of it", () => {
    expect(fuseRelu([conv, relu], [{ name: "y" }])).toEqual([
      {
        type: "FusedConv",
        domain: "com.microsoft",
        inputs: ["x", "w"],
        outputs: ["y"],
        attrs: { group: 1, activation: "Relu" },
      },
    ]);
  });

  it("becomes part of a blocked one in front of its reordering", () => {
    const blocked: ModelNode = { ...conv, domain: "com.microsoft.nchwc", outputs: ["b"] };
    const reorder: ModelNode = {
      type: "ReorderOutput",
      domain: "com.microsoft.nchwc",
      inputs: ["b"],
      outputs: ["c"],
      attrs: { channels: 16 },
    };
    expect(fuseRelu([blocked, reorder, relu], [{ name: "y" }])).toEqual([
      { ...blocked, attrs: { group: 1, activation: "Relu" } },
      { ...reorder, outputs: ["y"] },
    ]);
  });

  it("stays where somebody else reads the convolution", () => {
    const other: ModelNode = { type: "Neg", inputs: ["c"], outputs: ["n"] };
    expect(fuseRelu([conv, relu, other], [{ name: "y" }, { name: "n" }])).toEqual([conv, relu, other]);
    expect(fuseRelu([conv, relu], [{ name: "y" }, { name: "c" }])).toEqual([conv, relu]);
  });
});
