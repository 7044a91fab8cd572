/** Trains a network with Adam on several ranks, and prints what each of them has in memory after a step. */
import { readFileSync } from "node:fs";
import { F, gradOf, nn, optim, seedEverything, tf } from "@lightning-ts/core";
import { cpu, DDPStrategy, Fabric, FSDPStrategy } from "@lightning-ts/fabric";

/** In bytes; `stepMs` in milliseconds. */
export interface RankMemory {
  readonly weightBytes: number;
  readonly gradientBytes: number;
  readonly stateBytes: number;
  readonly tensorBytes: number;
  readonly peakBytes: number;
  readonly stepMs: number;
}

const [WIDTH, LAYERS, BATCH, WARM_STEPS, STEPS] = [1024, 16, 16, 2, 8];
const [devices = "2", name, stage] = process.argv.slice(2);
const strategy = name === "ddp" ? new DDPStrategy() : new FSDPStrategy({ stage: stage === "1" ? 1 : 2 });
const accelerator = cpu({ backend: "onnxruntime", threads: 1 });
const fabric = new Fabric({ accelerator, devices: Number(devices), strategy });
await fabric.launch();
seedEverything(1);
const layers = Array.from({ length: LAYERS }, () => [new nn.Linear(WIDTH, WIDTH, { bias: false }), new nn.Tanh()]);
const net = new nn.Sequential(...layers.flat());
const adam = new optim.Adam(net.parameters(), { lr: 1e-4 });
const [model, optimizer] = fabric.setup(net, adam);
const x = tf.keep(tf.randomNormal<tf.Rank.R2>([BATCH, WIDTH], 0, 1, "float32", 7));

function train(steps: number): void {
  for (let step = 0; step < steps; step += 1)
    fabric.step(() => {
      optimizer.zeroGrad();
      fabric.backward(F.mseLoss(model.forward(x), x));
      optimizer.step();
    });
  net.parameters()[0]?.dataSync();
}

const bytesOf = (tensors: readonly (tf.Tensor | null)[]): number =>
  tensors.reduce((sum, tensor) => sum + 4 * (tensor?.size ?? 0), 0);

train(WARM_STEPS);
const begin = performance.now();
train(STEPS);
const stepMs = (performance.now() - begin) / STEPS;
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
const own: RankMemory = {
  weightBytes: bytesOf(net.parameters()),
  gradientBytes: bytesOf(net.parameters().map(gradOf)),
  stateBytes: bytesOf([...adam.state.values()].flatMap(({ tensors }) => [...tensors.values()])),
  tensorBytes: tf.memory().numBytes,
  peakBytes: 1024 * Number(peak),
  stepMs,
};
const keys = Object.keys(own);
const values = await fabric.allGather(tf.tensor1d(Object.values(own).map((value: number) => value / 1024)));
if (fabric.isGlobalZero) {
  const rows = await tf.reshape(values, [-1, keys.length]).array();
  const ranks = Array.isArray(rows) ? rows : [];
  console.log(
    JSON.stringify(ranks.map((row) => Object.fromEntries(keys.map((key, i) => [key, 1024 * Number(Object(row)[i])])))),
  );
}
await fabric.close();
