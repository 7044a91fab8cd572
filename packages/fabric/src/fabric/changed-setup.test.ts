import { DataLoader, nn, optim, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { SafetensorsCheckpointStore } from "../checkpoint/safetensors-checkpoint-store.js";
import { Fabric } from "./fabric.js";
import type { FabricOptions } from "./fabric-options.js";

const PATH = "/run/state.ckpt";
const { StepLR, CosineAnnealingLR } = optim.lrScheduler;

let files: MemoryFiles;
let terminal: FakeTerminal;
beforeEach(() => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
  seedEverything(1);
});

interface Program {
  readonly optimizer?: (net: nn.Module) => optim.Optimizer;
  readonly schedule?: (optimizer: optim.Optimizer) => optim.lrScheduler.LRScheduler;
  readonly between?: nn.ReLU | nn.Dropout;
  readonly batchSize?: number;
  readonly fabric?: FabricOptions;
}

const sgd =
  (lr: number, momentum = 0.9) =>
  (net: nn.Module) =>
    new optim.SGD(net.parameters(), { lr, momentum });
const halved = (optimizer: optim.Optimizer) => new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });

/** A program up to where it trains: it steps once per epoch, and notes the rate of each. */
async function start({ optimizer = sgd(0.1), schedule = halved, between = new nn.ReLU(), ...rest }: Program = {}) {
  const fabric = new Fabric({ accelerator: cpu({ backend: "cpu" }), ports: { files, terminal }, ...rest.fabric });
  await fabric.launch();
  const net = new nn.Sequential(new nn.Linear(2, 2), between, new nn.Linear(2, 1));
  const [model, opt] = fabric.setup(net, optimizer);
  const scheduler = schedule(opt.optimizer);
  const rows = () => tf.buffer<tf.Rank.R2>([4, 2], "float32");
  const loader = fabric.setupDataloaders(
    new DataLoader(new TensorDataset(rows(), rows()), { batchSize: rest.batchSize ?? 2 }),
  );
  const state = { model, optimizer: opt, scheduler, loader, epoch: 0 };
  const train = (epochs: number): number[] =>
    Array.from({ length: epochs }, () => {
      const [rate = Number.NaN] = opt.paramGroups.map(({ lr }) => Number(lr));
      fabric.step(() => {
        opt.zeroGrad();
        fabric.backward(tf.mean(tf.square(model.forward(tf.ones([1, 2])))));
        opt.step();
      });
      scheduler.step();
      return rate;
    });
  return { fabric, state, train };
}

async function saved(program?: Program): Promise<void> {
  const { fabric, state, train } = await start(program);
  train(2);
  await fabric.save(PATH, state);
}

describe("fabric.load, into a program that has changed", () => {
  it("says nothing where nothing has, and gives back what the file has besides", async () => {
    await saved();
    const { fabric, state, train } = await start();
    expect(await fabric.load(PATH, state)).toEqual({});
    expect(Object.keys(await fabric.load(PATH)).sort()).toEqual(["epoch", "loader", "model", "optimizer", "scheduler"]);
    expect(train(2)).toEqual([0.025, 0.0125]);
    expect(terminal.warnings).toEqual([]);
  });

  it("lists once all that differs, and goes on with the saved options", async () => {
    await saved();
    seedEverything(2);
    const { fabric, state, train } = await start({
      optimizer: sgd(0.8, 0.5),
      between: new nn.Dropout(0.2),
      batchSize: 4,
      fabric: { precision: "bf16-mixed", accelerator: cpu({ backend: "onnxruntime" }) },
    });
    await fabric.load(PATH, state);
    await fabric.load(PATH, state);
    expect(terminal.warnings).toHaveLength(1);
    expect(terminal.warnings[0]?.split("\n").map((line) => line.trim())).toEqual([
      "Warning: /run/state.ckpt was written by a run with another setup.",
      "layer 1: ReLU() → Dropout(p=0.2, inplace=False)",
      "lr of SGD: 0.1 → 0.8 (the run goes on with 0.1, as in the checkpoint)",
      "momentum of SGD: 0.9 → 0.5 (the run goes on with 0.9, as in the checkpoint)",
      "batchSize of the training loader: 2 → 4",
      "seed: 1 → 2",
      "precision: 32-true → bf16-mixed",
      "backend: cpu → onnxruntime",
      'To go on with the options of the code: fabric.load(path, state, { optionsFrom: "code" }).',
    ]);
    expect(train(1)).toEqual([0.025]);
  });

  it("says it again of the next checkpoint, as long as the saved options go on", async () => {
    await saved();
    const second = await start({ optimizer: sgd(0.8) });
    await second.fabric.load(PATH, second.state);
    await second.fabric.save("/run/second.ckpt", second.state);
    terminal.warnings.length = 0;
    const third = await start({ optimizer: sgd(0.8) });
    await third.fabric.load("/run/second.ckpt", third.state);
    expect(terminal.warnings.join()).toContain("lr of SGD: 0.1 → 0.8 (the run goes on with 0.1");
  });

  it("names the entry where there are several of a kind", async () => {
    const pair = async (lr: number, between: nn.ReLU | nn.Tanh) => {
      const fabric = new Fabric({ accelerator: cpu({ backend: "cpu" }), ports: { files, terminal } });
      const make = (middle: nn.ReLU | nn.Tanh) =>
        fabric.setup(new nn.Sequential(new nn.Linear(1, 1), middle), (m) => new optim.SGD(m.parameters(), { lr }));
      const [[generator, first], [critic, second]] = [make(new nn.ReLU()), make(between)];
      return { fabric, state: { generator, critic, first, second } };
    };
    const before = await pair(0.1, new nn.ReLU());
    await before.fabric.save(PATH, before.state);
    const after = await pair(0.2, new nn.Tanh());
    await after.fabric.load(PATH, after.state);
    expect(terminal.warnings[0]).toContain("layer critic.1: ReLU() → Tanh()");
    expect(terminal.warnings[0]).toContain('lr of SGD ("first"): 0.1 → 0.2');
    expect(terminal.warnings[0]).toContain('lr of SGD ("second"): 0.1 → 0.2');
  });

  it("knows nothing of files that do not say, and refuses one that says it damaged", async () => {
    await saved();
    const store = new SafetensorsCheckpointStore(files);
    const { fabric_setup: setup, ...old } = await store.load(PATH);
    await store.save("/run/old.ckpt", old);
    const { fabric, state } = await start({ optimizer: sgd(0.8) });
    await fabric.load("/run/old.ckpt", state);
    expect(terminal.warnings).toEqual([]);
    for (const damaged of [
      3,
      { version: 1 },
      { ...Object(setup), run: 1 },
      { ...Object(setup), entries: { model: {} } },
    ]) {
      await store.save("/run/damaged.ckpt", { ...old, fabric_setup: damaged });
      await expect(fabric.load("/run/damaged.ckpt", state)).rejects.toThrow(
        /fabric_setup.*(as it was written|damaged)/,
      );
    }
  });
});

describe("what does not fit is refused", () => {
  it("an optimizer of another class, by both names", async () => {
    await saved({ optimizer: (net) => new optim.Adam(net.parameters()) });
    const { fabric, state } = await start({ optimizer: (net) => new optim.AdamW(net.parameters()) });
    for (const optionsFrom of ["checkpoint", "code"] as const)
      await expect(fabric.load(PATH, state, { optionsFrom })).rejects.toThrow(
        /as in the file: Adam\. Received 1 in the state as "optimizer": AdamW\. Try: /,
      );
  });

  it("another schedule, unless the code's is asked for", async () => {
    await saved();
    const cosine = (optimizer: optim.Optimizer) => new CosineAnnealingLR(optimizer, { tMax: 4 });
    const { fabric, state, train } = await start({ schedule: cosine });
    await expect(fabric.load(PATH, state)).rejects.toThrow(/StepLR\. Received 1 in the state.*CosineAnnealingLR/);
    await fabric.load(PATH, state, { optionsFrom: "code" });
    const whole = (await start({ schedule: cosine })).train(4);
    expect(train(2)).toEqual(whole.slice(2));
  });

  it("a word that optionsFrom does not know", async () => {
    const { fabric } = await start();
    // @ts-expect-error: it is one of two words
    await expect(fabric.load(PATH, {}, { optionsFrom: "file" })).rejects.toThrow('Expected "checkpoint" or "code"');
  });
});

describe('optionsFrom: "code"', () => {
  it("takes another rate, as if the schedule had been there from the beginning, and keeps the momentum", async () => {
    await saved();
    const { fabric, state, train } = await start({ optimizer: sgd(0.8) });
    await fabric.load(PATH, state, { optionsFrom: "code" });
    const buffers = [...state.optimizer.optimizer.state.values()].flatMap(({ tensors }) => [...tensors.values()]);
    expect(buffers.length).toBeGreaterThan(0);
    expect(train(2)).toEqual([0.2, 0.1]);
    expect(terminal.warnings).toEqual([]);
    expect(terminal.text).toContain("lr of SGD: 0.1 → 0.8");
  });

  it("leaves an optimizer as it was where the code has not changed it", async () => {
    await saved();
    const { fabric, state, train } = await start();
    await fabric.load(PATH, state, { optionsFrom: "code" });
    expect(train(1)).toEqual([0.025]);
    expect(terminal.text).toBe("");
  });
});
