import { expect, it } from "vitest";
import type { ModelNode } from "../onnx-model/model-description.js";
import { leavesLast } from "./leaves-last.js";

const node = (output: string, ...inputs: string[]): ModelNode => ({ type: "Sum", inputs, outputs: [output] });

it("puts nodes whose results no node reads at the end, the first of them last", () => {
  const [hidden, loss, dOutput, dWeight2, dHidden, dWeight1] = [
    node("h", "x", "w1"),
    node("l", "h", "w2"),
    node("dy", "h", "w2"),
    node("dw2", "dy", "h"),
    node("dh", "dy", "w2"),
    node("dw1", "dh", "x"),
  ] as const;
  expect(leavesLast([hidden, loss, dOutput, dWeight2, dHidden, dWeight1])).toEqual([
    hidden,
    dOutput,
    dHidden,
    dWeight1,
    dWeight2,
    loss,
  ]);
});
