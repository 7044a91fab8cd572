/** Trains a network on one rank, its steps cut as those of several ranks are or not, and prints what a step costs. */
import { readFileSync } from "node:fs";
import { F, gradOf, lendFloatsNow, nn, optim, seedEverything, startInOrder, tf } from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { labelledBatch } from "./labelled-batch.js";

/** Of the median step; memory at the end. */
export interface CostOfCuts {
  readonly stepMs: number;
  readonly processorMs: number;
  /** What tensors and buffers for reuse take at most: without ONNX Runtime's arena. */
  readonly bufferBytes: number;
  /** What the process had resident at most, beyond what it had before the network was made: arena and all. */
  readonly trainingBytes: number;
  /** What the process had resident at most. */
  readonly peakBytes: number;
  /** In how many parts a step ran. */
  readonly runs: number;
  readonly loss: number;
}

const [way = "whole", ...sizes] = process.argv.slice(2);
const [LAYERS = 8, WIDTH = 768, BATCH = 256, BUCKET_MB = 4, STEPS = 40] = sizes.map(Number);
const [FEATURES, CLASSES, WARM_STEPS] = [256, 64, 6];
/** As `DDPStrategy` has them. */
const [FIRST_BUCKET_BYTES, BUCKET_BYTES] = [1024 * 1024, BUCKET_MB * 1024 * 1024];

/** A line of Linux's account of the process. */
const residentBytes = (line: "VmRSS" | "VmHWM"): number =>
  1024 * Number(new RegExp(`${line}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]);

const fabric = new Fabric({ accelerator: cpu({ backend: "onnxruntime", threads: 1 }), devices: 1 });
await fabric.launch();
seedEverything(1);
// The engine and its threads are there before anything counts.
await fabric.step(() => tf.keep(tf.square(tf.tensor1d([1, 2])))).data();
const residentBefore = residentBytes("VmRSS");
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

let bufferBytes = 0;

async function step(): Promise<void> {
  fabric.step(() => {
    optimizer.zeroGrad();
    fabric.backward(F.crossEntropy(model.forward(x), y));
    if (way === "cut") waitFor(buckets());
    else if (way === "gradients at once") waitFor([buckets().flat()]);
    optimizer.step();
  });
  bufferBytes = Math.max(bufferBytes, fabric.device.backend.memory().reservedBytes ?? 0);
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
const peakBytes = residentBytes("VmHWM");
const loss = fabric.step(() => F.crossEntropy(model.forward(x), y).dataSync()[0]) ?? Number.NaN;
const found: CostOfCuts = {
  stepMs: median(times),
  processorMs: median(processorTimes),
  bufferBytes,
  trainingBytes: peakBytes - residentBefore,
  peakBytes,
  runs,
  loss,
};
console.log(JSON.stringify(found));
await fabric.close();
