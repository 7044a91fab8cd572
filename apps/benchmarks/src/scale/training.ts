/** Trains on some ranks with one thread each, and prints how long a step takes, or each part of one. */
import { F, gradOf, lendFloatsNow, nn, optim, seedEverything } from "@lightning-ts/core";
import { cpu, DDPStrategy, Fabric } from "@lightning-ts/fabric";
import { labelledBatch } from "../ranks/labelled-batch.js";
import { MODELS, type TrainingOrders, type TrainingReport } from "./orders.js";
import { ThrottledStrategy } from "./throttled-strategy.js";

/** V8 compiles what a step runs in its first hundreds, which costs ranks that share processors more than one alone. */
const [WARM_STEPS, STEPS, CALLS] = [400, 120, 200];
const CLASSES = 10;
const orders: TrainingOrders = JSON.parse(process.argv[2] ?? "{}");
const { batch, widths } = MODELS[orders.model];
const fabric = new Fabric({
  accelerator: cpu({ backend: "onnxruntime", threads: 1 }),
  devices: orders.ranks,
  // The model is one of gradients that travel, as they do between machines.
  strategy:
    orders.bytesPerMs === undefined
      ? new DDPStrategy({ shareGradients: false })
      : new ThrottledStrategy(orders.bytesPerMs),
});
await fabric.launch();
seedEverything(1);
const layers = widths.slice(1).flatMap((width, index) => [new nn.Linear(widths[index] ?? 0, width), new nn.ReLU()]);
const net = new nn.Sequential(...layers.slice(0, -1));
const [model, optimizer] = fabric.setup(net, (module) => new optim.SGD(module.parameters(), { lr: 0.01 }));
const { x, y } = labelledBatch(batch, widths[0] ?? 0, CLASSES);

/** What the strategy does with gradients on one rank, without other ranks: it waits for them. */
function waitForGradients(): void {
  for (const parameter of net.parameters()) {
    const gradient = gradOf(parameter);
    if (gradient !== null) lendFloatsNow(gradient).giveBack();
  }
}

/** One step, which ends when its weights are there. @returns when its parts ended */
function train(): [forward: number, backward: number, update: number] {
  const ends: [number, number, number] = [0, 0, 0];
  fabric.step(() => {
    optimizer.zeroGrad();
    const loss = F.crossEntropy(model.forward(x), y);
    if (orders.measures === "stages") loss.dataSync();
    ends[0] = performance.now();
    fabric.backward(loss);
    if (orders.ranks === 1) waitForGradients();
    ends[1] = performance.now();
    optimizer.step();
    net.parameters()[0]?.dataSync();
    ends[2] = performance.now();
  });
  return ends;
}

/** The value below which this part of all lie. */
function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

/** Whatever else a machine does makes some steps slower, and none faster: so the lower quartile counts. */
function measureSteps(): TrainingReport {
  const parts: Record<keyof TrainingReport, number[]> = { stepMs: [], forwardMs: [], backwardMs: [], updateMs: [] };
  fabric.strategy.collective.barrier({ name: "begin" }).join();
  let begin = performance.now();
  for (let step = 0; step < STEPS; step += 1) {
    const [forward, backward, update] = train();
    parts.stepMs.push(update - begin);
    parts.forwardMs.push(forward - begin);
    parts.backwardMs.push(backward - forward);
    parts.updateMs.push(update - backward);
    begin = update;
  }
  const { stepMs, forwardMs, backwardMs, updateMs } = parts;
  const [quarter = Number.NaN, ...stages] = [stepMs, forwardMs, backwardMs, updateMs].map((all) => quantile(all, 0.25));
  const [forward = Number.NaN, backward = Number.NaN, update = Number.NaN] = stages;
  return { stepMs: quarter, forwardMs: forward, backwardMs: backward, updateMs: update };
}

/** Of a call that moves next to nothing. */
function measureCall(): number {
  const times = Array.from({ length: CALLS }, () => {
    const begin = performance.now();
    fabric.strategy.collective.allReduce(new Float32Array(16), { name: "call", op: "sum" }).join();
    return performance.now() - begin;
  });
  return quantile(times, 0.25);
}

for (let step = 0; step < WARM_STEPS; step += 1) train();
const report = measureSteps();
const callMs = orders.ranks === 1 ? 0 : measureCall();
if (fabric.isGlobalZero) console.log(JSON.stringify({ ...report, callMs }));
await fabric.close();
