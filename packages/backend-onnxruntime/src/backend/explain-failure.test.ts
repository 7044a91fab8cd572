import { describe, expect, it } from "vitest";
import { explainFailure } from "./explain-failure.js";

describe("a graph that failed", () => {
  it("says what ONNX Runtime said", () => {
    const cause = new Error("the node is not valid");
    const error = explainFailure(cause, new Set());
    expect(error.message).toBe("A recorded graph failed. the node is not valid");
    expect(error.cause).toBe(cause);
  });

  it.each([
    "GatherElements op: Out of range value in index tensor",
    "invalid indice found, indice = 9",
    "invalid index found, index = 9",
    "indices element out of data bounds, idx=7 must be within the inclusive range [-3,2]",
  ])("because of an index (%s) says which indices to check", (reason) => {
    const error = explainFailure(new Error(`/src/gather.cc:150 ${reason}`), new Set());
    expect(error.code).toBe("LIT_ENGINE_INDEX");
    expect(error.message).toMatch(
      /one of its indices is out of range\. Try: check the indices: class numbers go from 0/,
    );
  });
});
