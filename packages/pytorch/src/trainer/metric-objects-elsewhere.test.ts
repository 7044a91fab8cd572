import { F, Metric, tf } from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { FakeTerminal, InProcessCollectives, MemoryFiles, StrategyOfRank } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { TrainerOptions } from "../options/trainer-options.js";
import { loader, Net, quietOptions, type Batch } from "./metric-objects-under-test.js";
import { Trainer } from "./trainer.js";

function setup(options: TrainerOptions = {}, backend = "cpu") {
  const files = new MemoryFiles();
  const terminal = new FakeTerminal();
  const trainer = new Trainer({ ...quietOptions(backend), ports: { files, terminal }, ...options });
  return { trainer, files, terminal };
}

describe("metric objects of several ranks", () => {
  /** Each rank sees rows of its own; the last one of an epoch none, if it leaves the epoch at once. */
  class States extends Metric {
    readonly sum = this.addState("sum", { reduce: "sum", shape: [2] });
    readonly mean = this.addState("mean", { reduce: "mean", initial: 1 });
    readonly least = this.addState("least", { reduce: "min", initial: Number.POSITIVE_INFINITY });
    readonly most = this.addState("most", { reduce: "max", dtype: "int32" });
    readonly product = this.addState("product", { reduce: (states) => tf.prod(states, 0), shape: [1, 2], initial: 1 });
    readonly rows = this.addListState("rows");

    override update(rank: number): void {
      this.sum.assign(tf.add(this.sum, tf.tensor1d([rank + 1, 10])));
      this.mean.assign(tf.scalar(rank * 4));
      this.least.assign(tf.minimum(this.least, rank + 3));
      this.most.assign(tf.scalar(rank + 5, "int32"));
      this.product.assign(tf.tensor2d([[rank + 2, rank + 5]]));
      for (let row = 0; row <= rank; row += 1) this.rows.push(tf.fill([1, 2], row + 10 * rank));
    }
    override compute(): tf.Tensor {
      const rows = this.rows.concat();
      const text = [this.sum, this.mean, this.least, this.most, this.product, ...(rows === undefined ? [] : [rows])]
        .map((one) => `${one.shape.join("x")}:${one.dataSync().join(",")}`)
        .join(" ");
      computed.push(text);
      return tf.scalar(rows?.size ?? 0);
    }
  }
  const computed: string[] = [];

  const fit = (updates: (rank: number) => boolean) =>
    Promise.all(
      new InProcessCollectives(2).ranks.map(async (collective) => {
        const { rank } = collective;
        class Ranked extends Net {
          readonly states = new States();
          override trainingStep([x, y]: Batch): tf.Tensor {
            if (updates(rank)) this.states.update(rank);
            this.log("states", this.states, { onStep: false, onEpoch: true });
            return F.crossEntropy(this.layer.forward(x), y);
          }
        }
        const model = new Ranked();
        const { trainer } = setup({ maxEpochs: 1, strategy: new StrategyOfRank(collective) });
        await trainer.fit(model, loader(12));
        return [trainer.callbackMetrics["states"], model.states.updateCount];
      }),
    );

  it("are reduced by each state's reduction, lists of different lengths included, and reset on each rank", async () => {
    computed.length = 0;
    expect(await fit(() => true)).toEqual([
      [6, 0],
      [6, 0],
    ]);
    const expected = "2:3,20 :2 :3 :6 1x2:6,30 3x2:0,0,10,10,11,11";
    expect(computed).toEqual([expected, expected]);
  });

  it("are known where one rank has no rows, and an error where none has", async () => {
    computed.length = 0;
    expect(await fit((rank) => rank === 1)).toEqual([
      [4, 0],
      [4, 0],
    ]);
    expect(computed).toEqual(Array.from({ length: 2 }, () => "2:2,10 :2.5 :4 :6 1x2:3,6 2x2:10,10,11,11"));
    await expect(fit(() => false)).rejects.toThrow("never updated");
  });
});

describe("metric objects under Fabric", () => {
  it("log the value of their last call, and say so where there was none", async () => {
    const rows: Record<string, number>[] = [];
    const fabric = new Fabric({
      accelerator: cpu({ backend: "cpu" }),
      loggers: [
        {
          kind: "logger",
          name: "rows",
          version: 0,
          groupSeparator: "/",
          logHyperparams: () => undefined,
          open: async () => {},
          logMetrics: (metrics) => void rows.push({ ...metrics }),
          save: async () => {},
          finalize: async () => {},
        },
      ],
    });
    await fabric.launch();
    const model = new Net();
    model.fabric = fabric;
    expect(() => model.log("acc", model.trainAcc)).toThrow("was not called");
    model.trainAcc.forward(tf.tensor2d([[1, 0, 0]]), tf.tensor1d([0], "int32"));
    model.log("acc", model.trainAcc);
    await fabric.close();
    expect(rows).toEqual([{ acc: 1 }]);
  });
});
