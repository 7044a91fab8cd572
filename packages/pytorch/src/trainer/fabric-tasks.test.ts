import { DataLoader, F, nn, optim, RandomStream, seedEverything, setAsyncContext, tf } from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { nodeAsyncContext } from "@lightning-ts/fabric/node";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { afterEach, describe, expect, it } from "vitest";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const accelerators = [cpu({ backend: "cpu" }), cpu({ backend: "onnxruntime" })];
const ports = () => ({ files: new MemoryFiles(), terminal: new FakeTerminal() });

/** A loop that waits within its batches, and draws random numbers. @returns its weights and what it drew */
async function train(fabric: Fabric, seed?: number): Promise<unknown[]> {
  if (seed !== undefined) fabric.seedEverything(seed);
  const [model, optimizer] = fabric.setup(
    new nn.Sequential(new nn.Linear(32, 8), new nn.Dropout(0.5), new nn.Linear(8, 2)),
    (net) => new optim.SGD(net.parameters(), { lr: 0.01 }),
  );
  const loader = fabric.setupDataloaders(
    new DataLoader(randomDataset({ length: 12 }), { batchSize: 2, shuffle: true }),
  );
  const drawn: number[] = [];
  for await (const [x] of loader) {
    optimizer.zeroGrad();
    const hidden = x.mul(2);
    await turn();
    const loss = F.mseLoss(model.forward(hidden), tf.ones([x.shape[0], 2]));
    fabric.backward(loss);
    await turn();
    optimizer.step();
    drawn.push(RandomStream.named("shuffle").nextUint32());
  }
  return [...model.parameters().map((parameter) => [...parameter.dataSync()]), drawn];
}

async function fitted(accelerator: ReturnType<typeof cpu>, seed: number): Promise<unknown> {
  seedEverything(seed);
  class Slow extends BoringModel {
    override async trainingStep([x]: BoringBatch) {
      await turn();
      return this.loss(F.dropout(this.forward(x)));
    }
  }
  const model = new Slow();
  const trainer = quietTrainer({ accelerator, maxEpochs: 1, limitValBatches: 0, ports: ports() });
  await trainer.fit(model, new DataLoader(randomDataset({ length: 8 })));
  return model.parameters().map((parameter) => [...parameter.dataSync()]);
}

afterEach(() => setAsyncContext(nodeAsyncContext()));

describe.each(accelerators)("what fabric.launch runs, on backend %#", (accelerator) => {
  const launched = (seed?: number) =>
    new Fabric({ accelerator, ports: ports() }).launch(async (fabric) => train(fabric, seed));

  it("takes turns with another one, and each computes what it computes alone", async () => {
    seedEverything(3);
    const alone = await launched();
    seedEverything(3);
    const before = tf.memory().numTensors;
    const both = await Promise.all([launched(), launched()]);
    expect(both).toEqual([alone, alone]);
    const left = tf.memory().numTensors - before;
    expect(left).toBeLessThanOrEqual(16); // parameters and gradients of two models, no tensor of a batch
  });

  it("takes turns with a Trainer, and both compute what they compute alone", async () => {
    const loop = await launched(4);
    const trained = await fitted(accelerator, 7);
    expect(await Promise.all([launched(4), fitted(accelerator, 7)])).toEqual([loop, trained]);
  });

  it("leaves the tensors of others alone, and they leave its recording alone", async () => {
    const kept: tf.Tensor[] = [];
    let isOver = false;
    const server = (async () => {
      while (!isOver) {
        await turn();
        kept.push(tf.ones([2]).mul(3));
      }
    })();
    await launched();
    isOver = true;
    await server;
    expect(kept.length).toBeGreaterThan(2);
    for (const tensor of kept) expect([...tensor.dataSync()]).toEqual([3, 3]);
    tf.dispose(kept);
  });

  it("counts as drawn what it drew, as if there were no task, and gives its failure back", async () => {
    seedEverything(5);
    await train(new Fabric({ accelerator, ports: ports() }));
    const next = RandomStream.named("shuffle").nextUint32();
    seedEverything(5);
    await launched();
    expect(RandomStream.named("shuffle").nextUint32()).toBe(next);
    const failing = new Fabric({ accelerator, ports: ports() }).launch(async (fabric) => {
      await turn();
      throw new RangeError(String(fabric.worldSize));
    });
    await expect(failing).rejects.toThrow(new RangeError("1"));
  });

  it("may hold a run of a Trainer", async () => {
    const trained = await fitted(accelerator, 6);
    const inside = new Fabric({ accelerator, ports: ports() }).launch(async (fabric) => {
      expect(fabric.worldSize).toBe(1);
      return fitted(accelerator, 6);
    });
    expect(await inside).toEqual(trained);
  });
});

it("without an asynchronous context launch runs its body as part of its caller", async () => {
  setAsyncContext(undefined);
  const fabric = new Fabric({ accelerator: cpu({ backend: "cpu" }), ports: ports() });
  const result = await fabric.launch(async (own) => [own.worldSize, await fitted(cpu({ backend: "cpu" }), 6)]);
  expect(result).toEqual([1, expect.any(Array)]);
});
