import { DataLoader, F, gradOf, nn, optim, tf } from "@lightning-ts/core";
import { FakeEnvironment } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { CSVLogger } from "../loggers/csv-logger.js";
import { isWrapped } from "../wrappers/wrapped-objects.js";
import { Fabric } from "./fabric.js";
import { dataset, launched, Net, newFabric, ports, renewPorts } from "./fixtures/launched-fabric.js";

beforeEach(renewPorts);

/** Trains for `steps` batches of 8 and returns the losses. */
async function train(
  fabric: Fabric,
  model: { forward(x: tf.Tensor): tf.Tensor },
  optimizer: { zeroGrad(): void; step(): unknown },
  steps: number,
): Promise<number[]> {
  const loader = fabric.setupDataloaders(new DataLoader(dataset(), { batchSize: 8 }));
  const losses: number[] = [];
  while (losses.length < steps) {
    for await (const [x, y] of loader) {
      if (losses.length === steps) break;
      optimizer.zeroGrad();
      const loss = F.crossEntropy(model.forward(x), y);
      fabric.backward(loss);
      optimizer.step();
      losses.push(loss.dataSync()[0] ?? Number.NaN);
    }
  }
  return losses;
}

const withValues = (_key: string, value: unknown): unknown =>
  value instanceof tf.Tensor ? [...value.dataSync()] : value;

describe("Fabric", () => {
  it("trains a model with one of this library's optimizers", async () => {
    const fabric = await launched();
    fabric.seedEverything(1);
    const [model, optimizer] = fabric.setup(new Net(), (m) => new optim.Adam(m.parameters(), { lr: 0.05 }));
    const losses = await train(fabric, model, optimizer, 60);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.85);
  });

  it.each([
    ["RMSprop", (m: Net) => new optim.RMSprop(m.parameters(), { lr: 0.01 })],
    ["LBFGS", (m: Net) => new optim.LBFGS(m.parameters(), { lr: 0.5 })],
  ] as const)("trains with %s, whose state goes into a checkpoint and back", async (_, make) => {
    const fabric = await launched();
    fabric.seedEverything(1);
    const [model, optimizer] = fabric.setup(new Net(), make);
    const losses: number[] = [];
    for (let epoch = 0; epoch < 4; epoch += 1) {
      for await (const [x, y] of fabric.setupDataloaders(new DataLoader(dataset(), { batchSize: 64 }))) {
        optimizer.step(() => {
          optimizer.zeroGrad();
          const loss = F.crossEntropy(model.forward(x), y);
          fabric.backward(loss);
          losses.push(loss.dataSync()[0] ?? Number.NaN);
          return loss;
        });
      }
    }
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    await fabric.save("/run.ckpt", { model, optimizer });
    const [, fresh] = fabric.setup(new Net(), make);
    await fabric.load("/run.ckpt", { optimizer: fresh });
    expect(JSON.stringify(fresh.stateDict(), withValues)).toBe(JSON.stringify(optimizer.stateDict(), withValues));
  });

  it("launches by itself when a loader is iterated", async () => {
    const fabric = newFabric();
    expect(() => fabric.device).toThrow(/launch/);
    for await (const [x] of fabric.setupDataloaders(new DataLoader(dataset(), { batchSize: 8 }))) {
      expect(x).toBeInstanceOf(tf.Tensor);
      break;
    }
    expect([fabric.device.type, fabric.device.backend.name]).toEqual(["cpu", "cpu"]);
  });

  it("is rank 0 of 1 and reports its parts", async () => {
    const fabric = await launched();
    expect([fabric.globalRank, fabric.localRank, fabric.nodeRank, fabric.worldSize, fabric.isGlobalZero]).toEqual([
      0,
      0,
      0,
      1,
      true,
    ]);
    expect([fabric.accelerator.name, fabric.strategy.name, fabric.precision.name]).toEqual([
      "cpu",
      "single_device",
      "32-true",
    ]);
  });

  it("runs a launched function with itself and the arguments, and returns its result", async () => {
    const result = await newFabric().launch(
      async (fabric, a: number, b: number) => `${fabric.device.type} ${a + b}`,
      2,
      3,
    );
    expect(result).toBe("cpu 5");
  });

  it("launches before the run method of a subclass", async () => {
    class Training extends Fabric {
      override async run(times: number): Promise<string> {
        return `${this.device.type} ${times}`;
      }
    }
    const training = new Training({ accelerator: cpu({ backend: "cpu" }), ports: { ...ports } });
    expect(await training.run(2)).toBe("cpu 2");
  });

  it("gives values back as they are from collectives on one rank", async () => {
    const fabric = await launched();
    const tensor = tf.tensor([1, 2]);
    await fabric.barrier();
    expect(await fabric.broadcast({ a: 1 })).toEqual({ a: 1 });
    expect(await fabric.allGather([tensor, 3])).toEqual([tensor, 3]);
    expect(await fabric.allReduce(tensor, "sum")).toBe(tensor);
    expect(await fabric.rankZeroFirst(async () => "first")).toBe("first");
    tensor.dispose();
  });

  it("prints and warns through the terminal", async () => {
    const fabric = await launched();
    fabric.print("loss", 0.5, { a: 1 });
    expect(ports.terminal.text).toBe("loss 0.5 { a: 1 }\n");
  });

  it("seeds everything: from the argument, the environment, or 0 with a warning", async () => {
    const fabric = await launched();
    expect(fabric.seedEverything()).toBe(0);
    expect(ports.terminal.warnings).toHaveLength(1);
    expect(fabric.seedEverything(7)).toBe(7);
    expect([ports.environment.get("PL_GLOBAL_SEED"), ports.environment.get("PL_SEED_WORKERS")]).toEqual(["7", "1"]);
    expect(fabric.seedEverything()).toBe(7);
    expect(() => fabric.seedEverything(-1)).toThrow(/0 to 4294967295/);
  });

  it("calls hooks of the callbacks that have them, and waits for asynchronous ones", async () => {
    const calls: string[] = [];
    const callbacks = [
      { onStart: (name: string) => calls.push(`a ${name}`) },
      {
        onStart: async (name: string) => {
          await Promise.resolve();
          calls.push(`b ${name}`);
        },
      },
      { onStart: "no function" },
      {},
    ];
    const fabric = await launched({ callbacks });
    await fabric.call("onStart", "x");
    expect(calls).toEqual(["a x", "b x"]);
    expect(ports.terminal.warnings).toEqual([expect.stringContaining("onStart is no method")]);
  });

  it("tells callbacks about optimizer steps", async () => {
    const seen: unknown[] = [];
    const fabric = await launched({
      callbacks: { onAfterOptimizerStep: (_: unknown, optimizer: unknown) => seen.push(optimizer) },
    });
    const adam = new optim.Adam(new Net().parameters());
    const optimizer = fabric.setupOptimizers(adam);
    optimizer.step();
    expect(seen).toEqual([adam]);
  });

  it("reports at the end of the batch what an asynchronous callback threw", async () => {
    const fabric = await launched({
      callbacks: {
        onAfterOptimizerStep: async () => {
          await Promise.resolve();
          throw new Error("callback failed");
        },
      },
    });
    const optimizer = fabric.setupOptimizers(new optim.Adam(new Net().parameters()));
    const loop = async (): Promise<void> => {
      for await (const _ of fabric.setupDataloaders(new DataLoader(dataset(), { batchSize: 8 }))) optimizer.step();
    };
    await expect(loop()).rejects.toThrow("callback failed");
  });

  it("hands metrics to the loggers in order, reading tensors later", async () => {
    const logger = new CSVLogger({ saveDir: "/logs", files: ports.files, terminal: ports.terminal });
    const fabric = await launched({ loggers: logger });
    const before = tf.memory().numTensors;
    fabric.step(() => {
      fabric.log("loss", tf.scalar(0.5), 0);
      fabric.logDict({ loss: 0.25, acc: tf.tensor([1]) }, 1);
    });
    await fabric.close();
    expect(new TextDecoder().decode(await ports.files.readFile("/logs/lightning_logs/version_0/metrics.csv"))).toBe(
      "acc,loss,step\n,0.5,0\n1,0.25,1\n",
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(() => fabric.log("loss", tf.tensor([1, 2]))).toThrow(/"loss" is no single number.*shape \[2\]/);
  });
});

describe("wrappers", () => {
  it("fall through to the object in both directions, private fields and instanceof included", async () => {
    const fabric = await launched();
    const net = new Net();
    const [model, optimizer] = fabric.setup(net, (m) => new optim.Adam(m.parameters(), { lr: 0.5 }));
    expect([isWrapped(model), isWrapped(net), model.module === net, model instanceof Net, model.secret()]).toEqual([
      true,
      false,
      true,
      true,
      7,
    ]);
    expect([isWrapped(optimizer), optimizer instanceof optim.Adam, optimizer.paramGroups[0]?.lr]).toEqual([
      true,
      true,
      0.5,
    ]);
    expect(model.eval()).toBe(model);
    expect(net.training).toBe(false);
    model.training = true;
    expect(net.training).toBe(true);
    expect([...model.stateDict().keys()]).toEqual(["first.weight", "first.bias", "last.weight", "last.bias"]);
    new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.1 }).step();
    expect(optimizer.optimizer.paramGroups[0]?.lr).toBeCloseTo(0.05);
  });

  it("lets methods be marked as forward methods, but not forward itself or one that is not there", async () => {
    const model = (await launched()).setup(new Net());
    expect(() => model.markForwardMethod("secret")).not.toThrow();
    expect(() => model.markForwardMethod("forward")).toThrow(/forward method already/);
    expect(() => model.markForwardMethod("generate")).toThrow(/no method "generate"/);
  });

  it("tell a module that has a place for it its Fabric", async () => {
    const fabric = await launched();
    const net = Object.assign(new Net(), { fabric: undefined });
    fabric.setup(net);
    expect(net.fabric).toBe(fabric);
  });

  it("leave batches on the host, for several loaders, when they are told so last", async () => {
    const fabric = await launched();
    async function* batches(): AsyncGenerator<tf.TensorBuffer<tf.Rank.R1>> {
      yield tf.buffer([2]);
    }
    const loaders: readonly AsyncIterable<unknown>[] = fabric.setupDataloaders(batches(), batches(), {
      moveToDevice: false,
    });
    for (const loader of loaders) for await (const batch of loader) expect(batch).toBeInstanceOf(tf.TensorBuffer);
    expect(() => fabric.setupDataloaders(batches(), batches(), Object({ moveToDevise: false }))).toThrow(
      /moveToDevice/,
    );
  });

  it("count epochs for loaders that have setEpoch", async () => {
    const epochs: number[] = [];
    const loader = {
      setEpoch: (epoch: number) => epochs.push(epoch),
      async *[Symbol.asyncIterator]() {
        yield tf.buffer([1]);
      },
    };
    const wrapped = (await launched()).setupDataloaders(loader);
    for (let i = 0; i < 3; i += 1) for await (const batch of wrapped) expect(batch.shape).toEqual([1]);
    expect(epochs).toEqual([0, 1, 2]);
  });

  it("go on in the middle of an epoch with the restored loader", async () => {
    const fabric = await launched();
    const loader = (): DataLoader<[Float32Array]> =>
      new DataLoader<[Float32Array]>(
        Array.from({ length: 6 }, (_, i): [Float32Array] => [Float32Array.of(i)]),
        { batchSize: 1, shuffle: true, seed: 3 },
      );
    const firsts = async (source: AsyncIterable<unknown>, limit: number): Promise<number[]> => {
      const seen: number[] = [];
      for await (const batch of source) {
        seen.push(Number(Array.isArray(batch) && batch[0] instanceof tf.Tensor ? batch[0].dataSync()[0] : Number.NaN));
        if (seen.length === limit) break;
      }
      return seen;
    };
    const whole = await firsts(fabric.setupDataloaders(loader()), 6);
    const broken = fabric.setupDataloaders(loader());
    const begun = await firsts(broken, 2);
    const resumed = fabric.setupDataloaders(loader());
    resumed.restore(broken.state());
    expect([...begun, ...(await firsts(resumed, 6))]).toEqual(whole);
  });
});

describe("gradients", () => {
  it("accumulate over batches and are clipped by norm or by value", async () => {
    const fabric = await launched();
    const [model, optimizer] = fabric.setup(
      new nn.Linear(2, 1, { bias: false }),
      (m) => new optim.SGD(m.parameters(), { lr: 0.1 }),
    );
    const backwardOnce = (): void => fabric.step(() => fabric.backward(tf.sum(model.forward(tf.tensor2d([[3, 4]])))));
    backwardOnce();
    fabric.noBackwardSync(model, backwardOnce);
    const grads = (): number[] => [...(gradOf(model.weight)?.dataSync() ?? [])];
    expect(grads()).toEqual([6, 8]);
    const norm = fabric.clipGradients(model, optimizer, { maxNorm: 5 });
    expect(norm?.dataSync()[0]).toBeCloseTo(10);
    expect(Math.hypot(...grads())).toBeCloseTo(5);
    expect(fabric.clipGradients(model, optimizer, { clipVal: 3.5 })).toBeUndefined();
    expect(grads()[1]).toBe(3.5);
  });
});

describe("Fabric under the command line", () => {
  it("takes its options from the environment", async () => {
    const environment = new FakeEnvironment({
      LT_CLI_USED: "1",
      LT_ACCELERATOR: "cpu",
      LT_DEVICES: "1",
      LT_NUM_NODES: "1",
      LT_PRECISION: "bf16-mixed",
      LT_STRATEGY: "auto",
    });
    const fabric = new Fabric({ ports: { environment } });
    expect([fabric.accelerator.name, fabric.precision.name]).toEqual(["cpu", "bf16-mixed"]);
    await expect(fabric.launch((f) => f)).rejects.toThrow(/takes no function in a script that `fabric run` started/);
  });

  it("refuses a subclass with its own run method", () => {
    const environment = new FakeEnvironment({ LT_CLI_USED: "1" });
    class Training extends Fabric {
      override run(): void {}
    }
    expect(() => new Training({ ports: { environment } })).toThrow(/own run\(\) cannot be started by `fabric run`/);
  });

  it("refuses options in the code that say something else", () => {
    const environment = new FakeEnvironment({ LT_CLI_USED: "1", LT_PRECISION: "16-mixed" });
    expect(() => new Fabric({ precision: "32-true", ports: { environment } })).toThrow(
      /precision: "32-true".*--precision=16-mixed/,
    );
    expect(() => new Fabric({ precision: "16-mixed", ports: { environment } })).not.toThrow();
  });

  it("ignores the variables when the command did not start the script", () => {
    const environment = new FakeEnvironment({ LT_PRECISION: "16-mixed" });
    expect(new Fabric({ ports: { environment } }).precision.name).toBe("32-true");
  });
});
