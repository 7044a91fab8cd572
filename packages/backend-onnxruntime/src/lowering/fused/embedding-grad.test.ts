import { describe, expect, it } from "vitest";
import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { embeddingGrad } from "./embedding-grad.js";

const dy: TensorInfo = { dataId: {}, shape: [3, 4], dtype: "float32" };
const CALL: NamedAttrMap = { rows: 5, paddingIndex: -1 };
const indices: TensorInfo = { dataId: {}, shape: [3], dtype: "int32" };

describe("the gradient of an embedding", () => {
  it("leaves indices that the host has seen unchecked in the graph, and others not", () => {
    const record = (known: number[] | undefined) => embeddingGrad.record({ dy, indices }, CALL, () => known);
    expect(record([0, 4, 4])?.attrs).toMatchObject({ areChecked: true });
    for (const known of [[0, 5, 1], [-1, 0, 1], undefined])
      expect(record(known)?.attrs).toMatchObject({ areChecked: false });
  });
});
