import type { LoadedTree } from "../checkpoint/checkpoint-store.js";
import { tf } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { readRunSetup, settingsOf } from "./run-setup.js";

const SETUP = {
  version: 1,
  model: { layer: "Linear(2, 1)" },
  optimizers: [{ name: "SGD", groups: [{ lr: 0.1, betas: [0.9, null] }, {}] }],
  schedulers: [{ name: "", optimizer: 0, options: { gamma: 0.5 } }],
  loaders: [{ batchSize: 4 }, {}],
  run: { nested: { on: true } },
};

describe("the setup in a checkpoint", () => {
  it("is read as it was written, without what does not belong to it", () => {
    expect(readRunSetup({ run_setup: SETUP }, "x")).toEqual(SETUP);
    const more = { ...SETUP, more: 1, optimizers: [{ name: "SGD", groups: [], more: 2 }] };
    expect(readRunSetup({ run_setup: more }, "x")).toEqual({ ...SETUP, optimizers: [{ name: "SGD", groups: [] }] });
  });

  it("is none in files of others", () => {
    expect(readRunSetup({ epoch: 1 }, "x")).toBeUndefined();
  });

  const tensor = tf.buffer([1], "float32", Float32Array.of(1));
  it.each<[changes: object | string, field: string, expected: string, received: string]>([
    ["text", "version", "1", '"text"'],
    [{ version: 2 }, "version", "1", "2"],
    [{ model: undefined }, "model", "plain values by name", "undefined"],
    [{ model: [1] }, "model", "plain values by name", ""],
    [{ model: { layer: tensor } }, "model", "plain values by name", ""],
    [{ run: { a: 1, b: [{ c: tensor }] } }, "run", "plain values by name", ""],
    [{ optimizers: {} }, "optimizers", "a list", ""],
    [{ optimizers: [1] }, "optimizers.0", "an object", "1"],
    [{ optimizers: [{ name: 3, groups: [] }] }, "optimizers.0.name", "text", "3"],
    [
      {
        optimizers: [
          { name: "A", groups: [] },
          { name: "B", groups: 1 },
        ],
      },
      "optimizers.1.groups",
      "a list",
      "1",
    ],
    [{ optimizers: [{ name: "A", groups: [{}, 2] }] }, "optimizers.0.groups.1", "plain values by name", "2"],
    [{ schedulers: "none" }, "schedulers", "a list", '"none"'],
    [{ schedulers: [{ name: null, optimizer: 0, options: {} }] }, "schedulers.0.name", "text", "null"],
    [
      { schedulers: [{ name: "A", optimizer: "0", options: {} }] },
      "schedulers.0.optimizer",
      "the number of one",
      '"0"',
    ],
    [{ schedulers: [{ name: "A", optimizer: 0, options: 1 }] }, "schedulers.0.options", "plain values by name", "1"],
    [{ loaders: null }, "loaders", "a list", "null"],
    [{ loaders: [{}, { a: tensor }] }, "loaders.1", "plain values by name", ""],
  ])("is refused with %j", (changes, field, expected, received) => {
    const saved: unknown = typeof changes === "string" ? changes : { ...SETUP, ...changes };
    expect(() => readRunSetup({ run_setup: saved } as LoadedTree, "/x.ckpt")).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_FORMAT",
        path: "/x.ckpt",
        message: expect.stringContaining(`run_setup.${field} is damaged. Expected ${expected}. Received ${received}`),
      }),
    );
  });
});

it("what an object can say in a file leaves out functions, objects of classes and what is undefined", () => {
  const plain = { text: "a", number: 1, flag: false, none: null, list: [1, ["a"]], inner: { b: 2 } };
  const bare = Object.assign(Object.create(null), { c: 3 });
  const values = {
    ...plain,
    bare,
    gone: undefined,
    call: () => 1,
    date: new Date(0),
    withCall: [1, () => 1],
    deep: { a: { b: new Map() } },
    half: { a: 1, b: () => 1 },
  };
  expect(settingsOf(values)).toEqual({ ...plain, bare });
});
