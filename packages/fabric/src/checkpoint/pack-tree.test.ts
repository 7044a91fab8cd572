import { tf, type HostTensor } from "@lightning-ts/core";
import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { isTree, packTree, requireStorable, unpackTree } from "./pack-tree.js";

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

  it("keep every kind of value, and leave out what is undefined", () => {
    const tree = {
      text: "a",
      flag: false,
      number: -0.5,
      nothing: null,
      gone: undefined,
      bytes: Uint8Array.of(1, 2),
      list: [1, undefined, [true, { a: "b" }]],
      map: new Map<string, number>([["x", 1]]),
      numbered: new Map([[3, "three"]]),
      $tensor: "not one",
      $$money: { $bytes: "none" },
    };
    const { description, tensors } = packTree(tree as never);
    expect(tensors.size).toBe(0);
    expect(Object.keys(Object(description))).not.toContain("gone");
    expect(unpackTree(JSON.parse(JSON.stringify(description)), new Map())).toEqual({
      text: "a",
      flag: false,
      number: -0.5,
      nothing: null,
      bytes: Uint8Array.of(1, 2),
      list: [1, null, [true, { a: "b" }]],
      map: { x: 1 },
      numbered: { 3: "three" },
      $tensor: "not one",
      $$money: { $bytes: "none" },
    });
  });

  it("name tensors by the path to them, and the weights by their own names", () => {
    const [weight, moment, buffer] = [tf.scalar(1), tf.scalar(2), tf.buffer([], "float32")];
    const tree = { model: { "layer.weight": weight }, optimizer: [{ m: moment }], other: buffer };
    expect([...packTree(tree, { weights: "model" }).tensors]).toEqual([
      ["layer.weight", weight],
      ["optimizer/0/m", moment],
      ["other", buffer],
    ]);
    expect([...packTree(tree).tensors.keys()]).toEqual(["model/layer.weight", "optimizer/0/m", "other"]);
    expect([...packTree({ model: weight }, { weights: "model" }).tensors.keys()]).toEqual(["model"]);
  });

  it("refuse what no checkpoint can hold, by its place", () => {
    const bad = { a: [1, { b: () => 1 }] } as never;
    const expected = expect.objectContaining({
      code: "LIT_CKPT_VALUE",
      path: ["a", 1, "b"],
      message: expect.stringContaining('A checkpoint cannot hold what is at "a.1.b".'),
    });
    expect(() => packTree(bad)).toThrow(expected);
    expect(() => requireStorable(bad, [])).toThrow(expected);
    for (const value of [1n, Symbol("a"), new Date(0), new Set([1])])
      for (const place of [{ a: value }, new Map([["a", value]]), { a: [value] }])
        expect(() => requireStorable(place, [])).toThrow(expect.objectContaining({ code: "LIT_CKPT_VALUE" }));
    const good = [undefined, null, "a", 1, true, Uint8Array.of(1), tf.scalar(1), tf.buffer([1]), [1, { a: undefined }]];
    for (const value of good) expect(() => requireStorable(value, [])).not.toThrow();
  });

  it("know a tree from every other value", () => {
    expect([{}, Object.create(null)].map((value) => isTree(value))).toEqual([true, true]);
    const others = [undefined, null, 1, "a", [1], Uint8Array.of(1), tf.buffer([1])];
    expect(others.map((value) => isTree(value))).toEqual(others.map(() => false));
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
