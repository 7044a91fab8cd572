import { DataLoader, F, optim, tf } from "@lightning-ts/core";
import { beforeEach, describe, expect, it } from "vitest";
import { SingleDeviceStrategy } from "../strategies/single-device-strategy.js";
import { dataset, launched, Net, renewPorts } from "./fixtures/launched-fabric.js";

beforeEach(renewPorts);

/** Rank 0 of two, as far as data are concerned. */
class HalfOfData extends SingleDeviceStrategy {
  override readonly samplerRanks = { numReplicas: 2, rank: 0 };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("the state of a loader that was divided between ranks", () => {
  it.each(["what setupDataloaders gave", "the loader that was set up"])(
    "is saved and restored by %s",
    async (which) => {
      const seen: number[][] = [];
      const run = async (goesOn: boolean): Promise<void> => {
        const fabric = await launched({ strategy: new HalfOfData() });
        const own = new DataLoader(numbers(12), { batchSize: 1, shuffle: true });
        const loader = fabric.setupDataloaders(own);
        const state = { loader: which === "the loader that was set up" ? own : loader };
        if (goesOn) await fabric.load("/state.ckpt", state);
        const values: number[] = [];
        seen.push(values);
        for (let epoch = 0; epoch < 2; epoch += 1)
          for await (const batch of loader) {
            values.push(batch.dataSync()[0] ?? Number.NaN);
            if (values.length === 8 && !goesOn) await fabric.save("/state.ckpt", state);
          }
      };
      await run(false);
      await run(true);
      expect(seen[1]?.slice(0, 4)).toEqual(seen[0]?.slice(8));
    },
  );
});

describe("loaders that are asked in turns", () => {
  it("train on both batches, and leave no tensor behind", async () => {
    const fabric = await launched();
    const [model, optimizer] = fabric.setup(new Net(), (m) => new optim.SGD(m.parameters(), { lr: 0.05 }));
    const batchesOf = (batchSize: number) =>
      fabric.setupDataloaders(new DataLoader(dataset(), { batchSize }))[Symbol.asyncIterator]();
    const zipped = async (): Promise<number> => {
      const [first, second] = [batchesOf(8), batchesOf(4)];
      let total = 0;
      for (let one = await first.next(); one.done !== true; one = await first.next()) {
        const other = await second.next();
        if (other.done === true) break;
        const [[x, y], [u, v]] = [one.value, other.value];
        optimizer.zeroGrad();
        const loss = tf.add(F.crossEntropy(model.forward(x), y), F.crossEntropy(model.forward(u), v));
        fabric.backward(loss);
        optimizer.step();
        total += loss.dataSync()[0] ?? Number.NaN;
      }
      await first.return();
      await second.return();
      optimizer.zeroGrad();
      return total;
    };
    const total = await zipped();
    const before = tf.memory().numTensors;
    expect(await zipped()).toBeLessThan(total);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("end a batch of the inner one with the outer one's, and say so where it is used later", async () => {
    const fabric = await launched();
    const inner = fabric.setupDataloaders(new DataLoader(numbers(4), { batchSize: 1 }))[Symbol.asyncIterator]();
    let kept: tf.Tensor | undefined;
    for await (const batch of fabric.setupDataloaders(new DataLoader(numbers(2), { batchSize: 1 }))) {
      expect(batch.shape).toEqual([1]);
      if (kept !== undefined) expect(() => kept?.dataSync()).toThrow(/scope \(batch/);
      else kept = (await inner.next()).value;
    }
    await inner.return();
  });

  it("still hear of a scope of the loop's own that was left open", async () => {
    const fabric = await launched();
    const loop = async (): Promise<void> => {
      for await (const _batch of fabric.setupDataloaders(new DataLoader(numbers(2), { batchSize: 1 })))
        tf.engine().startScope("left open");
    };
    await expect(loop()).rejects.toThrow(/left open/);
    tf.engine().endScope();
  });
});

describe("fabric.allReduce", () => {
  it("refuses another way to reduce, on one rank too", async () => {
    const fabric = await launched();
    await expect(fabric.allReduce(1, JSON.parse('{"reduceOp":"sum"}'))).rejects.toThrow(/"mean", "sum"/);
    expect(await fabric.allReduce(1, "sum")).toBe(1);
  });
});
