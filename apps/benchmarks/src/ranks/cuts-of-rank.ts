/** Trains a network on one rank, its steps cut as those of several ranks are or not, and prints what a step costs. */
import { readFileSync } from "node:fs";
import { F, gradOf, lendFloatsNow, nn, optim, seedEverything, startInOrder, type tf } from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { labelledBatch } from "./labelled-batch.js";

/** Of the median step; memory at the end. */
export interface CostOfCuts {
  readonly stepMs: number;
  readonly processorMs: number;
  /** What the engine holds, in use or for reuse. */
  readonly engineBytes: number;
  /** What the process had at most. */
  readonly peakBytes: number;
  /** In how many parts a step ran. */
  readonly runs: number;
  readonly loss: number;
}

const [BATCH, FEATURES, WIDTH, LAYERS, CLASSES] = [256, 256, 768, 8, 64];
const [WARM_STEPS, STEPS] = [6, 40];
/** As `DDPStrategy` has them, with `bucketCapMb: 4`. */
const [FIRST_BUCKET_BYTES, BUCKET_BYTES] = [1024 * 1024, 4 * 1024 * 1024];
const [way = "whole"] = process.argv.slice(2);

const fabric = new Fabric({ accelerator: cpu({ backend: "onnxruntime", threads: 1 }), devices: 1 });
await fabric.launch();
seedEverything(1);
const hidden = Array.from({ length: LAYERS }, (_, layer) => [
  new nn.Linear(layer === 0 ? FEATURES : WIDTH, WIDTH),
  new nn.Tanh(),
]);
const net = new nn.Sequential(...hidden.flat(), new nn.Linear(WIDTH, CLASSES));
const [model, optimizer] = fabric.setup(net, (module) => new optim.SGD(module.parameters(), { lr: 0.01 }));
const { x, y } = labelledBatch(BATCH, FEATURES, CLASSES);

/** Gradients in the buckets in which ranks reduce them: the last ones first. */
function buckets(): tf.Tensor[][] {
  const found: tf.Tensor[][] = [[]];
  let sizeBytes = 0;
  for (const parameter of net.parameters().toReversed()) {
    const gradient = gradOf(parameter);
    if (gradient === null) continue;
    if (sizeBytes >= (found.length === 1 ? FIRST_BUCKET_BYTES : BUCKET_BYTES)) {
      found.push([]);
      sizeBytes = 0;
    }
    found.at(-1)?.push(gradient);
    sizeBytes += 4 * gradient.size;
  }
  return found;
}

/** Waits for each part of the gradients, as ranks do before they reduce it. */
function waitFor(parts: readonly tf.Tensor[][]): void {
  startInOrder(parts);
  for (const gradient of parts.flat()) lendFloatsNow(gradient).giveBack();
}

async function step(): Promise<void> {
  fabric.step(() => {
    optimizer.zeroGrad();
    fabric.backward(F.crossEntropy(model.forward(x), y));
    if (way === "cut") waitFor(buckets());
    else if (way === "gradients at once") waitFor([buckets().flat()]);
    optimizer.step();
  });
  await fabric.device.backend.synchronize();
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const runsSoFar = (): number => fabric.device.backend.statistics?.()["runs"] ?? Number.NaN;

for (let warm = 0; warm < WARM_STEPS; warm += 1) await step();
const [times, processorTimes, runsBefore]: [number[], number[], number] = [[], [], runsSoFar()];
for (let each = 0; each < STEPS; each += 1) {
  const [begin, processorBegin] = [performance.now(), processorMs()];
  await step();
  times.push(performance.now() - begin);
  processorTimes.push(processorMs() - processorBegin);
}
const runs = (runsSoFar() - runsBefore) / STEPS;
const { usedBytes, reservedBytes = 0 } = fabric.device.backend.memory();
const loss = fabric.step(() => F.crossEntropy(model.forward(x), y).dataSync()[0]) ?? Number.NaN;
const found: CostOfCuts = {
  stepMs: median(times),
  processorMs: median(processorTimes),
  engineBytes: usedBytes + reservedBytes,
  peakBytes: 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]),
  runs,
  loss,
};
console.log(JSON.stringify(found));
await fabric.close();
