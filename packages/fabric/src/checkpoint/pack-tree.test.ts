import { tf, type HostTensor } from "@lightning-ts/core";
import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { packTree, unpackTree } from "./pack-tree.js";

describe("packTree and unpackTree", () => {
  it("give tensors whose paths read the same names of their own", () => {
    const [a, b, c] = [tf.scalar(1), tf.scalar(2), tf.scalar(3)];
    const { tensors, description } = packTree({ model: { "x/y": a, x: { y: b } }, "x/y": c }, { weights: "model" });
    expect([...tensors]).toEqual([
      ["x/y", a],
      ["x/y'", b],
      ["x/y''", c],
    ]);
    const values = new Map<string, HostTensor>([...tensors.keys()].map((name) => [name, tf.buffer([], "float32")]));
    const tree = unpackTree(description, values);
    expect(tree["x/y"]).toBe(values.get("x/y''"));
  });

  it("refuse a description that packTree cannot have made", () => {
    const refusal = (description: unknown) => {
      try {
        return unpackTree(description, new Map());
      } catch (error) {
        return error;
      }
    };
    expect(refusal([1])).toEqual(new TypeError("its description is no object."));
    expect(refusal({ a: undefined })).toEqual(new TypeError("its description holds a undefined."));
    expect(refusal({ a: { $tensor: "w" } })).toEqual(
      new TypeError('its description names the tensor "w", which is not in the file.'),
    );
  });
});
