import type { LoadedTree } from "@lightning-ts/fabric";
import { PyDict, PyTuple, readTorchFile, toPlain, type TorchValue } from "@lightning-ts/torch-files";
import { expect, it } from "vitest";
import { toLightningCheckpoint } from "./to-lightning.js";

const OPTIONS = { betas: [0.9, 0.999], eps: 1e-8 };
const OPTIMIZER = {
  state: {},
  param_groups: [
    { ...OPTIONS, lr: 0.01, params: [0, 1] },
    { ...OPTIONS, lr: 0.002, params: [2] },
  ],
};
const STATE = {
  internal_optimizer_metadata: [[{ params: ["head.weight", "head.bias"] }, { params: ["backbone.weight"] }]],
  trainable_parameters: ["head.weight", "head.bias", "backbone.weight"],
  frozen_statistics: ["backbone.1"],
  previous_backbone_lr: 0.002,
};

function written(callbacks: LoadedTree) {
  const tree = { state_dict: {}, optimizer_states: [OPTIMIZER], lr_schedulers: [], callbacks };
  const { bytes, leftOut } = toLightningCheckpoint(tree);
  const { value } = readTorchFile(bytes);
  const states = value instanceof PyDict ? value.get("callbacks") : undefined;
  return { leftOut, get: (...path: (string | number)[]) => path.reduce(entry, states) };
}

function entry(value: TorchValue | undefined, key: string | number): TorchValue | undefined {
  if (value instanceof PyDict) return value.get(key);
  return Array.isArray(value) && typeof key === "number" ? value[key] : undefined;
}

/** Lightning 2.6 writes `{0: [{"lr": …, "params": ["head.weight", …]}, …]}`, and looks for the number 0. */
it("a callback that finetunes has its groups with all options under the optimizer's number", () => {
  const { get, leftOut } = written({ BackboneFinetuning: STATE });
  expect(leftOut).toEqual([]);
  expect(toPlain(get("BackboneFinetuning") ?? null)).toEqual({
    internal_optimizer_metadata: {
      0: [
        { ...OPTIONS, lr: 0.01, params: ["head.weight", "head.bias"] },
        { ...OPTIONS, lr: 0.002, params: ["backbone.weight"] },
      ],
    },
    previous_backbone_lr: 0.002,
  });
  expect(get("BackboneFinetuning", "internal_optimizer_metadata", 0, 1, "betas")).toBeInstanceOf(PyTuple);
});

it("so has a class of one's own, and one that has not begun yet has none", () => {
  const { get, leftOut } = written({
    UnfreezeAll: { ...STATE, seen: [1] },
    BackboneFinetuning: { previous_backbone_lr: null },
    "EarlyStopping{}": { waitCount: 1 },
    Mine: { count: 1 },
  });
  expect(leftOut).toEqual(["callbacks.EarlyStopping{}", "callbacks.Mine"]);
  expect(toPlain(get("UnfreezeAll", "seen") ?? null)).toEqual([1]);
  expect(toPlain(get("BackboneFinetuning") ?? null)).toEqual({
    internal_optimizer_metadata: {},
    previous_backbone_lr: null,
  });
});
