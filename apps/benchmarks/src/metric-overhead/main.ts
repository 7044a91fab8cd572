/**
 * What a metric costs a training step: JavaScript of `update` and of `this.log("acc", metric)`, of a call that also
 * gives the step's own value, and whether any of them reads. Each part is timed where it is called, in runs of the
 * Trainer.
 */
import { cpus } from "node:os";
import { DataLoader, F, nn, optim, resolveBackend, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { BinaryAccuracy, MulticlassAccuracy } from "@lightning-ts/metrics";
import { LightningModule, Trainer } from "@lightning-ts/pytorch";

const BATCH_SIZE = 64;
const STEPS = 400;
const ROUNDS = Number(process.argv[2] ?? 9);
const PARTS = ["update", "log", "update of yes or no", "call", "log of a called one"] as const;

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];
type Part = (typeof PARTS)[number];

class Timed extends LightningModule<Batch> {
  readonly layer = new nn.Linear(8, 10);
  readonly accuracy = new MulticlassAccuracy({ numClasses: 10 });
  readonly called = new MulticlassAccuracy({ numClasses: 10 });
  readonly binary = new BinaryAccuracy();
  readonly spentMs = new Map<Part, number>(PARTS.map((part) => [part, 0]));
  reads = 0;

  override trainingStep([x, y]: Batch) {
    const scores = this.layer.forward(x);
    const loss = F.crossEntropy(scores, y);
    const read = watchReads();
    this.#time("update", () => this.accuracy.update(scores, y));
    this.#time("log", () => this.log("acc", this.accuracy, { onStep: false, onEpoch: true }));
    const yes = tf.reshape(tf.slice(scores, [0, 0], [-1, 1]), [-1]);
    this.#time("update of yes or no", () => this.binary.update(yes, y));
    this.#time("call", () => void this.called.forward(scores, y));
    this.#time("log of a called one", () => this.log("called", this.called, { onStep: true, onEpoch: true }));
    this.reads += read.stop();
    return loss;
  }
  override configureOptimizers() {
    return new optim.Adam(this.parameters());
  }
  #time(part: Part, body: () => void): void {
    const startMs = performance.now();
    body();
    this.spentMs.set(part, (this.spentMs.get(part) ?? 0) + performance.now() - startMs);
  }
}

/** Counts reads of tensors until it is stopped. */
function watchReads(): { stop: () => number } {
  const backend = tf.backend();
  const own = Object.getOwnPropertyDescriptor(backend, "readSync");
  const { readSync } = backend;
  let count = 0;
  Object.defineProperty(backend, "readSync", {
    configurable: true,
    value: (...inputs: unknown[]): unknown => {
      count += 1;
      return Reflect.apply(readSync, backend, inputs);
    },
  });
  return {
    stop() {
      if (own === undefined) Reflect.deleteProperty(backend, "readSync");
      else Object.defineProperty(backend, "readSync", own);
      return count;
    },
  };
}

const SILENT = {
  isInteractive: true,
  columns: 100,
  hasColors: false,
  format: String,
  write: () => undefined,
  warn: () => undefined,
};

async function round(seed: number): Promise<Timed> {
  seedEverything(seed);
  const rows = STEPS * BATCH_SIZE;
  const data = new TensorDataset(tf.buffer<tf.Rank.R2>([rows, 8]), new Int32Array(rows));
  const model = new Timed();
  const trainer = new Trainer({
    accelerator: "onnxruntime",
    maxEpochs: 1,
    logger: false,
    enableCheckpointing: false,
    ports: { terminal: SILENT },
  });
  await trainer.fit(model, new DataLoader(data, { batchSize: BATCH_SIZE }));
  return model;
}

await resolveBackend("onnxruntime");
const times = new Map<Part, number[]>(PARTS.map((part) => [part, []]));
let reads = 0;
for (let turn = 0; turn < ROUNDS + 2; turn += 1) {
  const { spentMs, reads: found } = await round(turn);
  if (turn < 2) continue;
  reads += found;
  for (const part of PARTS) times.get(part)?.push((1000 * (spentMs.get(part) ?? Number.NaN)) / STEPS);
}
console.log(
  `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} threads, Node ${process.version}; ${ROUNDS} turns of ${STEPS} steps, microseconds per step`,
);
for (const part of PARTS) {
  const sorted = (times.get(part) ?? []).toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  console.log(`${part.padEnd(20)} median ${at(0.5)}, 25 % ${at(0.25)}, 75 % ${at(0.75)}, best ${at(0)}`);
}
console.log(`${reads} reads in ${ROUNDS * STEPS} steps`);
