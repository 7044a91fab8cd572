import { PyDict, readTorchFile, torchTensor, writeTorchFile, type WritableValue } from "@lightning-ts/torch-files";
import { describe, expect, it } from "vitest";
import { fromPython } from "./from-python.js";

const weight = torchTensor("float32", [1, 2], new Float32Array([1, 2]));
const read = (value: WritableValue) => fromPython(readTorchFile(writeTorchFile(value)).value, "x.ckpt");
const keysOf = (tree: unknown) => Object.keys(Object(tree));

/** What Python's Lightning writes, as far as it is read. */
const LIGHTNING = {
  "pytorch-lightning_version": "2.6.0",
  epoch: 1,
  global_step: 7,
  state_dict: { weight },
  callbacks: { "EarlyStopping{'monitor': 'a'}": { wait_count: 2 } },
  lr_schedulers: [{ last_epoch: 4 }],
  hyper_parameters: { hidden_dim: 8 },
  datamodule_hyper_parameters: { batch_size: 4 },
  optimizer_states: [],
  loops: {
    fit_loop: {
      epoch_progress: { current: { ready: 1, started: 1, processed: 1, completed: 1 } },
      "epoch_loop.batch_progress": {
        total: { ready: 6, started: 6, processed: 6, completed: 6 },
        current: { ready: 6, started: 6, processed: 6, completed: 6 },
        is_last_batch: true,
      },
      "epoch_loop.state_dict": { _batches_that_stepped: 5 },
    },
  },
};

describe("what a Python file holds", () => {
  it("is weights, where all of it is tensors", () => {
    expect(keysOf(read({ weight, bias: weight }))).toEqual(["state_dict"]);
    expect(keysOf(read({ weight, bias: weight })["state_dict"])).toEqual(["weight", "bias"]);
    expect(keysOf(read({ weight, step: 3 }))).toEqual(["weight", "step"]);
  });

  it("is what it is, where it was written by nobody that is known", () => {
    const tree = read({ model: { weight }, step: 3, callbacks: { "EarlyStopping{'a_b': 1}": {} }, state_dict: "none" });
    expect(keysOf(tree)).toEqual(["model", "step", "callbacks", "state_dict"]);
    expect(tree["callbacks"]).toEqual({ "EarlyStopping{'a_b': 1}": {} });
    expect(tree["state_dict"]).toBe("none");
    expect(keysOf(read({ "pytorch-lightning_version": 2, callbacks: { "EarlyStopping{'a_b': 1}": {} } }))).toEqual([
      "pytorch-lightning_version",
      "callbacks",
    ]);
  });

  it.each([
    [[1, 2], "object"],
    [null, "object"],
    [Uint8Array.of(1), "object"],
    ["text", "string"],
    [weight, "a tensor [1, 2]"],
  ] as const)("is refused where it is no dict: %j", (value, received) => {
    expect(() => read(value as WritableValue)).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: `x.ckpt is no checkpoint: it holds no dict. Expected a state dict, or a Lightning checkpoint. Received ${received}.`,
      }),
    );
  });

  it("may have extra state beside its weights, and nothing else that is no tensor", () => {
    const tree = read({ state_dict: { weight, "net._extra_state": { a: 1 } }, epoch: 1 });
    expect(keysOf(tree["state_dict"])).toEqual(["weight"]);
    for (const [value, received] of [
      [3, "number"],
      [{ packed: weight }, "object"],
    ] as const)
      expect(() => read({ state_dict: { weight, more: value }, epoch: 1 })).toThrow(
        expect.objectContaining({
          code: "LIT_CKPT_KEY",
          message: `x.ckpt has weights that are no tensor: more. Received ${received}. Try: dequantize, or make it dense, before it is saved in Python.`,
        }),
      );
    expect(() => read({ state_dict: { more: { class: "torch.Quantized" } }, epoch: 1 })).toThrow(
      "Received an object of torch.Quantized.",
    );
  });
});

describe("a checkpoint of Python's Lightning", () => {
  it("has its position, schedulers, callbacks and hyperparameters under our names", () => {
    const tree = read(LIGHTNING);
    expect(tree).toMatchObject({
      epoch: 1,
      global_step: 7,
      callbacks: { 'EarlyStopping{"monitor":"a"}': { version: 1, waitCount: 2 } },
      lr_schedulers: [{ version: 1, lastEpoch: 4 }],
      hyper_parameters: { hiddenDim: 8 },
      datamodule_hyper_parameters: { batchSize: 4 },
    });
    expect(tree["loops"]).toEqual({
      fit_loop: {
        version: 1,
        cursor: expect.objectContaining({ epoch: 1, batch: 0, totalBatches: 6, globalStep: 7, batchesThatStepped: 5 }),
        loaders: null,
        batches: null,
      },
    });
    expect(keysOf(tree["hyper_parameters"])).toEqual(["hiddenDim"]);
  });

  it("of weights has no position", () => {
    const { optimizer_states: _, ...weights } = LIGHTNING;
    expect(keysOf(read(weights))).not.toContain("loops");
  });

  it("keeps what is not as Lightning writes it", () => {
    const odd = { ...LIGHTNING, callbacks: [1], lr_schedulers: "none", hyper_parameters: 3 };
    expect(read(odd)).toMatchObject({ callbacks: [1], lr_schedulers: "none", hyper_parameters: 3 });
    const { datamodule_hyper_parameters: _, ...without } = LIGHTNING;
    expect(keysOf(read(without))).not.toContain("datamodule_hyper_parameters");
  });

  it("without a global step stands at step 0, and without counters nowhere", () => {
    expect(read({ ...LIGHTNING, global_step: "7" })).toMatchObject({
      loops: { fit_loop: { cursor: { globalStep: 0 } } },
    });
    expect(() => read({ ...LIGHTNING, loops: {} })).toThrow("x.ckpt does not say where its run stood.");
  });

  it("may be an ordered dict", () => {
    const weights = new PyDict([["weight", weight]], "collections.OrderedDict");
    expect(keysOf(read(weights)["state_dict"])).toEqual(["weight"]);
  });
});
