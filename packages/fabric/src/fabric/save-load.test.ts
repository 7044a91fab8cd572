import { encodeSafetensors, F, nn, optim, tf } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { Fabric } from "./fabric.js";

const PATH = "/run/model.ckpt";

let files: MemoryFiles;
let fabric: Fabric;
beforeEach(async () => {
  files = new MemoryFiles();
  fabric = new Fabric({ accelerator: cpu({ backend: "cpu" }), ports: { files } });
  await fabric.launch();
  fabric.seedEverything(3, { verbose: false });
});

function makePair() {
  return fabric.setup(new nn.Linear(3, 2), (m) => new optim.Adam(m.parameters(), { lr: 0.1 }));
}
type Pair = ReturnType<typeof makePair>;

function trainOnce([model, optimizer]: Pair, seed: number): number {
  const loss = fabric.step(() => {
    optimizer.zeroGrad();
    const x = tf.tensor2d(
      Array.from({ length: 12 }, (_, i) => Math.sin(seed + i)),
      [4, 3],
    );
    const result = F.crossEntropy(model.forward(x), tf.tensor1d([0, 1, 0, 1], "int32"));
    fabric.backward(result);
    optimizer.step();
    return result;
  });
  const [value = Number.NaN] = loss.dataSync();
  loss.dispose();
  return value;
}

function weightsOf([model]: Pair): number[] {
  return [...model.weight.dataSync(), ...(model.bias?.dataSync() ?? [])];
}

describe("fabric.save and fabric.load", () => {
  it("resume training with bit-equal losses and weights", async () => {
    const original = makePair();
    for (let step = 0; step < 5; step += 1) trainOnce(original, step);
    await fabric.save(PATH, { model: original[0], optimizer: original[1], step: 5 });
    const expected = [5, 6, 7].map((step) => trainOnce(original, step));

    const resumed = makePair();
    const state = { model: resumed[0], optimizer: resumed[1], step: 0 };
    expect(await fabric.load(PATH, state)).toEqual({});
    expect(state.step).toBe(5);
    expect([5, 6, 7].map((step) => trainOnce(resumed, step))).toEqual(expected);
    expect(weightsOf(resumed)).toEqual(weightsOf(original));
  });

  it("leave no tensor behind", async () => {
    const pair = makePair();
    trainOnce(pair, 0);
    const before = tf.memory().numTensors;
    await fabric.save(PATH, { model: pair[0], optimizer: pair[1] });
    await fabric.load(PATH, { model: pair[0], optimizer: pair[1] });
    trainOnce(pair, 1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("work inside of a loop's batch", async () => {
    const pair = makePair();
    async function* batches(): AsyncGenerator<tf.TensorBuffer<tf.Rank.R2>> {
      yield tf.buffer([4, 3]);
    }
    for await (const batch of fabric.setupDataloaders(batches())) {
      const output = pair[0].forward(batch);
      await fabric.save(PATH, { model: pair[0] });
      fabric.backward(tf.sum(output));
    }
    expect(files.paths()).toEqual([PATH]);
  });

  it("give a lone model's tensors their own names, and several models' the path to them", async () => {
    const [model] = makePair();
    await fabric.save(PATH, { model, extra: [1] });
    expect([...(await fabric.strategy.loadTensors(PATH)).keys()]).toEqual(["bias", "weight"]);
    await fabric.save(PATH, { generator: model, discriminator: fabric.setup(new nn.Linear(1, 1)) });
    expect([...(await fabric.strategy.loadTensors(PATH)).keys()].sort()).toEqual([
      "discriminator/bias",
      "discriminator/weight",
      "generator/bias",
      "generator/weight",
    ]);
  });

  it("return what the state does not ask for, and everything without a state", async () => {
    await fabric.save(PATH, { a: 1, b: { c: [Number.NaN, "x"] } });
    expect(await fabric.load(PATH, { a: 0 })).toEqual({ b: { c: [Number.NaN, "x"] } });
    expect(await fabric.load(PATH)).toEqual({ a: 1, b: { c: [Number.NaN, "x"] } });
  });

  it("name what is missing in the file, and skip it when they are not strict", async () => {
    await fabric.save(PATH, { a: 1 });
    await expect(fabric.load(PATH, { a: 0, steps: 0 })).rejects.toThrow(/Missing in the file: steps.*strict: false/);
    const state = { a: 0, steps: 9 };
    await fabric.load(PATH, state, { strict: false });
    expect(state).toEqual({ a: 1, steps: 9 });
  });

  it("name a model's missing and unexpected tensors", async () => {
    await fabric.save(PATH, { model: new nn.Linear(3, 2, { bias: false }) });
    await expect(fabric.load(PATH, { model: makePair()[0] })).rejects.toThrow(/bias/);
  });

  it("save what the filter lets through, and refuse filters of nothing", async () => {
    const [model] = makePair();
    await fabric.save(PATH, { model }, { filter: { model: (name) => name !== "bias" } });
    expect([...(await fabric.strategy.loadTensors(PATH)).keys()]).toEqual(["weight"]);
    await expect(fabric.save(PATH, { model }, { filter: { modle: () => true } })).rejects.toThrow(
      /"modle".*one of model/,
    );
    await expect(fabric.save(PATH, { model }, { filter: { model: Object("weight") } })).rejects.toThrow(/no function/);
  });

  it("save and restore anything with state() and restore()", async () => {
    const counter = {
      count: 4,
      state: () => ({ count: counter.count }),
      restore: (state: { count: number }) => (counter.count = state.count),
    };
    await fabric.save(PATH, { counter });
    counter.count = 0;
    await fabric.load(PATH, { counter });
    expect(counter.count).toBe(4);
  });

  it.each([
    ["stateDict", "loadStateDict"],
    ["state", "restore"],
  ])("wait for an asynchronous %s and %s", async (state, restore) => {
    const later = () => new Promise((resolve) => setTimeout(resolve, 2));
    const counter = { count: 4 };
    Object.assign(counter, {
      [state]: async () => {
        await later();
        return { count: counter.count };
      },
      [restore]: async (saved: { count: number }) => {
        await later();
        counter.count = saved.count;
      },
    });
    await fabric.save(PATH, { counter });
    counter.count = 0;
    await fabric.load(PATH, { counter });
    expect(counter.count).toBe(4);
    Object.assign(counter, { [restore]: () => Promise.reject(new RangeError("too late")) });
    await expect(fabric.load(PATH, { counter })).rejects.toThrow("too late");
  });

  it("say where a checkpoint is missing", async () => {
    await expect(fabric.load("/run/nothing.ckpt", {})).rejects.toMatchObject({ code: "LIT_CKPT_NOT_FOUND" });
  });
});

describe("fabric.loadRaw", () => {
  it("loads a safetensors file that is just a state dict", async () => {
    const [model] = makePair();
    const weight = tf.buffer<tf.Rank.R2, "float32">([2, 3], "float32", Float32Array.of(1, 2, 3, 4, 5, 6));
    const file = await files.open("/raw.safetensors", "create");
    await file.write(encodeSafetensors(new Map([["weight", weight]])));
    await expect(fabric.loadRaw("/raw.safetensors", model)).rejects.toThrow(/bias/);
    await fabric.loadRaw("/raw.safetensors", model, { strict: false });
    expect([...model.weight.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
