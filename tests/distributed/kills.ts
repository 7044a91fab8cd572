import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import * as L from "lightning-ts";
import { DDPStrategy, RankFailedError } from "lightning-ts/fabric";
import { rankOfProcess } from "./rank-of-process.js";

export const KILL_PHASES = ["forward", "reduce", "save", "barrier", "exit"] as const;

/** Which rank is killed, in which phase, and how long after it has begun there. */
export interface KillOrders {
  readonly phase: (typeof KILL_PHASES)[number];
  readonly victim: number;
  readonly devices: number;
  readonly afterMs: number;
}

export interface KillResult {
  readonly at: "trained" | "failed";
  /** Whom the error names, and where this rank waited for it. */
  readonly blamedRank?: number;
  readonly operation?: string;
  readonly message?: string;
}

/** The step in which the ranks are killed: neither the first nor the last. */
const STEP = 3;
const BARRIERS = 200;
const [text = "{}", folder = ""] = process.argv.slice(2);
const orders: KillOrders = JSON.parse(text);
const ownRank = rankOfProcess();

// A thread of its own kills the process, whatever the others do.
const alarm = new Int32Array(new SharedArrayBuffer(4));
const KILLER = `
  const { workerData: { alarm, afterMs } } = require("node:worker_threads");
  Atomics.wait(alarm, 0, 0);
  for (const until = performance.now() + afterMs; performance.now() < until; );
  process.kill(process.pid, "SIGKILL");
`;
if (ownRank === orders.victim)
  new Worker(KILLER, { eval: true, workerData: { alarm, afterMs: orders.afterMs } }).unref();

function begin(phase: KillOrders["phase"]): void {
  if (phase !== orders.phase || ownRank !== orders.victim) return;
  Atomics.store(alarm, 0, 1);
  Atomics.notify(alarm, 0);
}

function report(result: KillResult): void {
  writeFileSync(join(folder, `rank-${ownRank}.json`), JSON.stringify(result));
}

/** Its gradients are two megabytes, which travel for some milliseconds. */
class Net extends L.LightningModule<[L.tf.Tensor2D]> {
  readonly layer = new L.nn.Linear(4, 100_000);
  #steps = 0;

  override trainingStep([x]: [L.tf.Tensor2D]) {
    this.#steps += 1;
    if (this.#steps === STEP) begin("forward");
    return this.layer.forward(x).square().mean();
  }
  override onBeforeBackward(): void {
    if (this.#steps === STEP) begin("reduce");
  }
  override onSaveCheckpoint(): void {
    if (this.#steps === STEP) begin("save");
  }
  override configureOptimizers() {
    return new L.optim.SGD(this.parameters(), { lr: 0.01 });
  }
}

async function train(): Promise<void> {
  const strategy = new DDPStrategy({ timeoutMs: 60_000, bucketCapMb: 0.5 });
  const trainer = new L.Trainer({
    accelerator: L.cpu({ backend: "cpu" }),
    devices: orders.devices,
    strategy,
    maxSteps: 2 * STEP,
    defaultRootDir: folder,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: [new L.ModelCheckpoint({ dirpath: join(folder, "checkpoints"), everyNTrainSteps: 1, saveTopK: -1 })],
  });
  const data = new L.TensorDataset(L.tf.buffer<L.tf.Rank.R2>([2 * STEP * orders.devices, 4], "float32"));
  await trainer.fit(new Net(), new L.DataLoader(data, { batchSize: 1 }));
  for (let index = 0; index < BARRIERS; index += 1) {
    if (index === STEP) begin("barrier");
    // Others come a little later from time to time, so that the victim waits.
    if (index % 10 === 0 && ownRank !== orders.victim) await sleep(1);
    await strategy.collective.barrier({ name: `barrier ${index}` });
  }
}

try {
  await train();
  report({ at: "trained" });
} catch (error) {
  const failure = failureIn(error);
  report({ at: "failed", message: String(error), ...failure });
  throw error;
}
begin("exit");

function failureIn(error: unknown): Omit<KillResult, "at"> | undefined {
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    if (each instanceof RankFailedError) {
      const { blamedRank, operation, message } = each;
      return { blamedRank, operation, message };
    }
  return undefined;
}
