import * as L from "lightning-ts";
import { spawnRanks } from "lightning-ts/fabric/node";

const cpu = () => L.cpu({ backend: "cpu" });

/** The sum of all ranks' numbers, as each rank has it. */
export async function sums(first: number, more: Float32Array): Promise<unknown> {
  const fabric = new L.Fabric({ accelerator: cpu(), devices: 2 });
  await fabric.launch();
  const sum = await fabric.allReduce(first + fabric.globalRank, "sum");
  console.log(`rank ${fabric.globalRank} has ${sum}`);
  return { sum, worldSize: fabric.worldSize, more: more.map((value) => 2 * value), when: new Map([["a", [1n]]]) };
}

class Net extends L.LightningModule<[L.tf.Tensor2D]> {
  readonly layer = new L.nn.Linear(2, 1);
  override trainingStep([x]: [L.tf.Tensor2D]) {
    return this.layer.forward(x).square().mean<L.tf.Scalar>();
  }
  override configureOptimizers() {
    return new L.optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

/** A Trainer's weights after one epoch on two ranks. */
export async function train(): Promise<number[]> {
  L.seedEverything(1);
  const x = L.tf.buffer<L.tf.Rank.R2>(
    [8, 2],
    "float32",
    Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)),
  );
  const trainer = new L.Trainer({
    ...{ accelerator: cpu(), devices: 2, strategy: "ddp", maxEpochs: 1, logger: false },
    ...{ enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false },
  });
  const net = new Net();
  await trainer.fit(net, new L.DataLoader(new L.TensorDataset(x), { batchSize: 2 }));
  return net.parameters().flatMap((parameter) => [...parameter.dataSync()]);
}

export async function failsOn(rank: number): Promise<void> {
  const fabric = new L.Fabric({ accelerator: cpu(), devices: 2 });
  await fabric.launch();
  if (fabric.globalRank === rank) throw new RangeError("no such luck");
  await fabric.barrier();
}

export const returnsTensor = () => L.tf.scalar(1);
export const returnsFunction = () => () => 1;
export const exits = () => process.exit(0);
export const spawns = () => spawnRanks(import.meta.url, { name: "sums" });
export const waits = () => new Promise((resolve) => setTimeout(resolve, 60_000));
export const notAFunction = 3;
