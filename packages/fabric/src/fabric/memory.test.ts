import { installNodePorts } from "../node/install-node-ports.js";
import { DataLoader, F, isGradEnabled, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { Fabric } from "./fabric.js";

installNodePorts();

const ROWS = 40;

function dataset(): TensorDataset<[tf.TensorBuffer<tf.Rank.R2>, Int32Array]> {
  const xs = tf.buffer<tf.Rank.R2>([ROWS, 4]);
  xs.values.forEach((_, i) => (xs.values[i] = Math.sin(i)));
  return new TensorDataset(
    xs,
    Int32Array.from({ length: ROWS }, (_, i) => i % 3),
  );
}

async function launched(backend = "cpu"): Promise<Fabric> {
  const fabric = new Fabric({ accelerator: cpu({ backend }) });
  await fabric.launch();
  return fabric;
}

describe("memory of a Fabric loop", () => {
  const ITERATIONS = 5000;

  it.each([
    ["cpu", "normally"],
    ["cpu", "break"],
    ["cpu", "throw"],
    ["onnxruntime", "normally"],
    ["onnxruntime", "break"],
    ["onnxruntime", "throw"],
  ] as const)(
    "has no tensor left over on %s after many loops that ended by %s",
    async (backend, ending) => {
      const fabric = await launched(backend);
      const [model, optimizer] = fabric.setup(
        new nn.Linear(4, 3),
        (m) => new optim.SGD(m.parameters(), { lr: 0.01, momentum: 0.9 }),
      );
      const loader = fabric.setupDataloaders(new DataLoader(dataset(), { batchSize: 4 }));
      const loop = async (): Promise<number> => {
        let steps = 0;
        for await (const [x, y] of loader) {
          optimizer.zeroGrad();
          fabric.backward(F.crossEntropy(model.forward(x), y));
          optimizer.step();
          steps += 1;
          if (steps === 5 && ending === "break") break;
          if (steps === 5 && ending === "throw") throw new Error("wanted");
        }
        return steps;
      };
      const ended = (): Promise<number> =>
        loop().catch((error: Error) => (error.message === "wanted" ? 5 : Promise.reject(error)));
      await ended();
      const before = tf.memory().numTensors;
      let iterations = 0;
      while (iterations < ITERATIONS) iterations += await ended();
      expect(tf.memory().numTensors).toBe(before);
    },
    120_000,
  );

  it("grows by nothing beside an iterator that was asked by hand and never ended", async () => {
    const fabric = await launched();
    const model = fabric.setup(new nn.Linear(4, 3));
    const loader = fabric.setupDataloaders(new DataLoader(dataset(), { batchSize: 4 }));
    const byHand = loader[Symbol.asyncIterator]();
    const first = await byHand.next();
    const evaluate = async (): Promise<void> => {
      for await (const [x, y] of loader) F.crossEntropy(model.forward(x), y);
      fabric.step(() => void model.forward(tf.ones([4, 4])));
    };
    await evaluate();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i += 1) await evaluate();
    expect(tf.memory().numTensors).toBe(before);
    expect(first.value?.[0].shape).toEqual([4, 4]);
    await byHand.return();
  });

  it("frees what a step made, except what it returns", async () => {
    const fabric = await launched();
    const before = tf.memory().numTensors;
    const kept = fabric.step(() => tf.add(tf.tensor([1]), 1));
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(kept.dataSync()[0]).toBe(2);
    kept.dispose();
    fabric.step(() => {
      const inner = fabric.step(() => tf.mul(tf.tensor([3]), 2));
      expect(inner.dataSync()[0]).toBe(6);
    });
    expect(() =>
      fabric.step(() => {
        tf.tensor([1]);
        throw new Error("wanted");
      }),
    ).toThrow("wanted");
    await fabric.step(async () => {
      tf.tensor([1]);
      await Promise.resolve();
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(isGradEnabled()).toBe(false);
  });

  it("gives the loader back when a batch cannot be moved", async () => {
    const fabric = await launched();
    let isReturned = false;
    async function* broken(): AsyncGenerator<object> {
      try {
        yield {
          get x(): number {
            throw new Error("no such column");
          },
        };
      } finally {
        isReturned = true;
      }
    }
    const loop = async (): Promise<void> => {
      for await (const _ of fabric.setupDataloaders(broken()));
    };
    await expect(loop()).rejects.toThrow("no such column");
    expect([isReturned, isGradEnabled()]).toEqual([true, false]);
  });

  it("leaves another task's tensors alone while the loop waits for a batch", async () => {
    const fabric = await launched();
    async function* slow(): AsyncGenerator<tf.TensorBuffer<tf.Rank.R1>> {
      for (let i = 0; i < 3; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield tf.buffer([2], "float32", Float32Array.of(i, i));
      }
    }
    const foreign: tf.Tensor[] = [];
    const timer = setInterval(() => foreign.push(tf.tensor([foreign.length])), 1);
    for await (const batch of fabric.setupDataloaders(slow())) tf.add(batch, 1);
    clearInterval(timer);
    expect(foreign.length).toBeGreaterThan(3);
    expect(foreign.map((tensor) => tensor.dataSync()[0])).toEqual(foreign.map((_, i) => i));
    tf.dispose(foreign);
  });
});
