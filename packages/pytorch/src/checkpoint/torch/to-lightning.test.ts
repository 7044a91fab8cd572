import { tf } from "@lightning-ts/core";
import type { LoadedTree } from "@lightning-ts/fabric";
import { PyDict, PyTuple, readTorchFile, toPlain, TorchTensor, type TorchValue } from "@lightning-ts/torch-files";
import { describe, expect, it } from "vitest";
import { START } from "../../words/cursor.js";
import { stateDict, toLightningCheckpoint } from "./to-lightning.js";

const buffer = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  tf.buffer([...shape], "float32", Float32Array.from(values));
const WEIGHTS = { weight: buffer([1, 2], [1, 2]) };

/** What Python reads, and what it does not get. */
function written(tree: LoadedTree) {
  const { bytes, leftOut } = toLightningCheckpoint({ state_dict: WEIGHTS, ...tree });
  const { value } = readTorchFile(bytes);
  return { plain: Object(toPlain(value)) as Record<string, unknown>, value, leftOut };
}

/** An entry of a dict as Python has it, with its types. */
function entry(value: TorchValue | undefined, key: string | number): TorchValue | undefined {
  if (!(value instanceof PyDict)) return undefined;
  return value.get(key);
}

const shown = (value: unknown) =>
  value instanceof TorchTensor ? [value.dtype, [...value.shape], [...value.values()].map(Number)] : value;

describe("a checkpoint for Python's Lightning", () => {
  it("has weights, a position and a version, and nothing that is not there", () => {
    const { plain, leftOut } = written({});
    expect(Object.keys(plain)).toEqual(["epoch", "global_step", "pytorch-lightning_version", "state_dict"]);
    expect(plain).toMatchObject({ epoch: 0, global_step: 0, "pytorch-lightning_version": "2.6.0" });
    expect(shown(Object(plain["state_dict"])["weight"])).toEqual(["float32", [1, 2], [1, 2]]);
    expect(leftOut).toEqual([]);
    expect(written({ epoch: 3, global_step: 9 }).plain).toMatchObject({ epoch: 3, global_step: 9 });
  });

  it("needs weights", () => {
    expect(() => toLightningCheckpoint({ epoch: 1, state_dict: "none" })).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: 'There are no weights to write. Expected an entry "state_dict". Received epoch, state_dict.',
      }),
    );
  });

  it("leaves out what Python has no place for, and says so where something is lost", () => {
    const ours = {
      gradients: { weight: buffer([1]) },
      metrics: { version: 1 },
      metric_objects: {},
      metrics_of_ranks: { version: 1, ranks: [] },
      random_state: {},
      loops: "none",
      "lightning-ts_version": "0.1.0",
      run: { id: "a" },
      job: { id: "b" },
      run_setup: { version: 1 },
      inventory: { version: 1 },
      hparams_positional: true,
      hparams_secrets: ["token"],
      datamodule_hparams_positional: true,
      datamodule_hparams_secrets: [],
      callbacks: { "EarlyStopping{}": { waitCount: 1 } },
      lr_schedulers: [],
    };
    const { plain, leftOut } = written(ours);
    expect(Object.keys(plain)).toEqual(["epoch", "global_step", "pytorch-lightning_version", "state_dict"]);
    expect(leftOut).toEqual(["gradients", "metrics", "metric_objects", "metrics_of_ranks", "random_state"]);
  });

  it("has the loops of its position", () => {
    const cursor = { ...START, epoch: 1, globalStep: 7, batchesThatStepped: 7 };
    const { plain } = written({ loops: { fit_loop: { version: 1, cursor: { ...cursor } } } });
    expect(plain["loops"]).toMatchObject({
      fit_loop: {
        epoch_progress: { current: { completed: 1 } },
        "epoch_loop.state_dict": { _batches_that_stepped: 7 },
      },
    });
    expect(Object.keys(written({ loops: { validate_loop: {} } }).plain)).not.toContain("loops");
  });

  it("has callbacks and schedulers where it has optimizers, and tells of callbacks that Python cannot take", () => {
    const { plain, leftOut } = written({
      optimizer_states: [],
      callbacks: { ModelCheckpoint: { version: 1 }, "EarlyStopping{}": { waitCount: 1 } },
      lr_schedulers: [{ version: 1, lastEpoch: 4 }],
    });
    expect(Object.keys(Object(plain["callbacks"]))).toEqual(["ModelCheckpoint"]);
    expect(plain["lr_schedulers"]).toEqual([{ last_epoch: 4, _step_count: 5 }]);
    expect(leftOut).toEqual(["callbacks.EarlyStopping{}"]);
    expect(written({ optimizer_states: [] }).plain).toMatchObject({
      optimizer_states: [],
      callbacks: {},
      lr_schedulers: [],
    });
  });

  it("has hyperparameters under Python's names, and what hooks added as it is", () => {
    const { plain } = written({
      hyper_parameters: { hiddenDim: 8, size: [1, 2] },
      datamodule_hyper_parameters: { batchSize: 4 },
      myState: { someName: 1, list: [1, null, "a"], flag: true },
      bytes: Uint8Array.of(1, 2),
    });
    expect(plain).toMatchObject({
      hyper_parameters: { hidden_dim: 8, size: [1, 2] },
      datamodule_hyper_parameters: { batch_size: 4 },
      myState: { someName: 1, list: [1, null, "a"], flag: true },
    });
    expect(plain["bytes"]).toEqual(Uint8Array.of(1, 2));
    expect(written({ hyper_parameters: "none" }).plain).toMatchObject({ hyper_parameters: "none" });
  });
});

describe("an optimizer for Python", () => {
  const state = {
    state: { 0: { step: 3, exp_avg: buffer([0.5]), flag: true, count: 5 }, 1: "odd", 2: { step: "none" } },
    param_groups: [{ params: [0, 1], lr: 0.1, betas: [0.9, 0.99], eps: [null, 1e-3], name: "a" }, "odd"],
    extra: { kept: 1 },
  };

  it("numbers its parameters, has steps as tensors and pairs as tuples", () => {
    const { value, plain } = written({ optimizer_states: [state, "odd"] });
    const [optimizer, odd] = Object(plain["optimizer_states"]) as [Record<string, unknown>, unknown];
    expect(odd).toBe("odd");
    expect(optimizer["extra"]).toEqual({ kept: 1 });
    expect(optimizer["param_groups"]).toEqual([
      { params: [0, 1], lr: 0.1, betas: [0.9, 0.99], eps: [null, 1e-3], name: "a" },
      "odd",
    ]);
    const list = entry(value, "optimizer_states");
    const typed = Array.isArray(list) ? list[0] : undefined;
    const first = entry(entry(typed, "state"), 0);
    expect(shown(entry(first, "step"))).toEqual(["float32", [], [3]]);
    expect(shown(entry(first, "exp_avg"))).toEqual(["float32", [1], [0.5]]);
    expect([entry(first, "flag"), entry(first, "count")]).toEqual([true, 5]);
    expect(entry(entry(entry(typed, "state"), 2), "step")).toBe("none");
    expect(entry(entry(typed, "state"), 1)).toBe("odd");
    const groups = entry(typed, "param_groups");
    const group = Array.isArray(groups) ? groups[0] : undefined;
    expect(entry(group, "betas")).toBeInstanceOf(PyTuple);
    expect([entry(group, "params"), entry(group, "eps")].map((one) => one instanceof PyTuple)).toEqual([false, false]);
  });

  it("that remembers nothing, or has no groups, is one all the same", () => {
    expect(written({ optimizer_states: [{ state: "none", param_groups: "none" }] }).plain["optimizer_states"]).toEqual([
      { state: {}, param_groups: [] },
    ]);
  });
});

describe("weights for Python", () => {
  it("are an ordered dict of floats, integers and booleans", () => {
    const weights = {
      floats: buffer([0.5], [1, 1]),
      integers: tf.buffer([1], "int32", Int32Array.of(7)),
      flags: tf.buffer([2], "bool", Uint8Array.of(1, 0)),
      other: "no tensor",
    };
    const dict = stateDict(weights);
    expect(dict.class).toBe("collections.OrderedDict");
    expect([...dict].map(([name, tensor]) => [name, shown(tensor)])).toEqual([
      ["floats", ["float32", [1, 1], [0.5]]],
      ["integers", ["int32", [1], [7]]],
      ["flags", ["bool", [2], [1, 0]]],
    ]);
  });

  it("are refused where Python has nothing for them", () => {
    const text = tf.buffer([1], "string", ["a"] as never);
    expect(() => stateDict({ text: text as never })).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: "A tensor cannot be written for Python. Expected float32, int32 or bool. Received string.",
      }),
    );
    const bytes = Object.assign(buffer([1]), { values: Uint8Array.of(1) });
    expect(() => stateDict({ bytes: bytes as never })).toThrow(/cannot be written/);
  });
});
