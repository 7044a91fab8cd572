import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as L from "lightning-ts";
import { CollectiveMismatchError, CollectiveTimeoutError, DDPStrategy, RankFailedError } from "lightning-ts/fabric";
import { rankOfProcess } from "./rank-of-process.js";

/** What goes wrong, on which rank, and where. */
export interface FaultOrders {
  readonly fault: "throw" | "kill" | "hang" | "exit" | "other-call" | "other-shape" | "bad-label" | "none";
  readonly phase: "before-launch" | "forward" | "backward" | "save" | "barrier" | "end" | "fabric";
  readonly rank: number;
  readonly devices?: number;
  readonly timeoutMs: number;
}

export interface FaultResult {
  readonly processId: number;
  /** Where the rank stands. */
  readonly at: string;
  readonly error?: {
    readonly code: string;
    readonly blamedRank?: number;
    readonly operation?: string;
    readonly sequenceNumber?: number;
    readonly phase?: string;
    readonly message: string;
  };
}

const [text = "{}", folder = ""] = process.argv.slice(2);
const orders: FaultOrders = JSON.parse(text);
const ownRank = rankOfProcess();
const devices = orders.devices ?? 2;
const FAULT_AT_STEP = 3;

/** Whoever reads it meanwhile finds what was there before. */
function report(at: string, error?: unknown): void {
  const path = join(folder, `rank-${ownRank}.json`);
  const result = { processId: process.pid, at, ...(error === undefined ? {} : { error: inWords(error) }) };
  writeFileSync(`${path}.new`, JSON.stringify(result));
  renameSync(`${path}.new`, path);
}

function inWords(error: unknown): object {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (each instanceof RankFailedError) return detailsOf(each);
    if (each instanceof CollectiveTimeoutError || each instanceof CollectiveMismatchError) return detailsOf(each);
  }
  return { code: "", message: String(error) };
}

function detailsOf(error: RankFailedError | CollectiveTimeoutError | CollectiveMismatchError): object {
  const { code, blamedRank, operation, sequenceNumber, phase, message } = error;
  return { code, blamedRank, operation, sequenceNumber, phase, message };
}

/** Does what was ordered, where it was. */
function faultAt(phase: FaultOrders["phase"], strategy?: L.Trainer["strategy"]): void {
  if (phase !== orders.phase || ownRank !== orders.rank) return;
  report(`fault at ${phase}`);
  switch (orders.fault) {
    case "throw":
      throw new RangeError("the data ended");
    case "kill":
      return void process.kill(process.pid, "SIGKILL");
    case "exit":
      return process.exit(0);
    case "hang":
      for (;;) Math.sqrt(2);
    case "other-call":
      return void strategy?.collective.barrier({ name: "alone" });
    case "other-shape":
      return void strategy?.collective.allReduce(new Float32Array(3), { name: "alone", op: "sum" });
    case "bad-label":
    case "none":
  }
}

class Net extends L.LightningModule<[L.tf.Tensor2D]> {
  readonly layer = new L.nn.Linear(4, 1);
  #steps = 0;

  override trainingStep([x]: [L.tf.Tensor2D]) {
    this.#steps += 1;
    if (this.#steps === FAULT_AT_STEP) faultAt("forward", this.trainer.strategy);
    return this.layer.forward(x).square().mean();
  }
  override onAfterBackward(): void {
    if (this.#steps === FAULT_AT_STEP) faultAt("backward", this.trainer.strategy);
  }
  override onSaveCheckpoint(): void {
    faultAt("save", this.trainer.strategy);
  }
  override configureOptimizers() {
    return new L.optim.SGD(this.parameters(), { lr: 0.01 });
  }
}

const strategy = new DDPStrategy({ timeoutMs: orders.timeoutMs });
/** Where results are computed later, a wrong label shows when gradients are waited for. */
const backend = orders.fault === "bad-label" ? "onnxruntime" : "cpu";
const common = { accelerator: L.cpu({ backend }), devices, strategy };
const data = new L.TensorDataset(L.tf.buffer<L.tf.Rank.R2>([32, 4], "float32"));

async function withTrainer(): Promise<void> {
  const trainer = new L.Trainer({
    ...common,
    maxEpochs: 1,
    defaultRootDir: join(folder, "runs"),
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
  });
  const loader = new L.DataLoader(data, { batchSize: 2 });
  await trainer.fit(new Net(), loader);
  faultAt("barrier", strategy);
  await strategy.collective.barrier({ name: "after fit" });
}

async function withFabric(): Promise<void> {
  const fabric = new L.Fabric(common);
  await fabric.launch();
  const [model, optimizer] = fabric.setup(
    new L.nn.Linear(4, 1),
    (net) => new L.optim.SGD(net.parameters(), { lr: 0.1 }),
  );
  for (let step = 1; step <= 2 * FAULT_AT_STEP; step += 1)
    fabric.step(() => {
      if (step === FAULT_AT_STEP) faultAt("fabric", strategy);
      const isWrong = orders.fault === "bad-label" && ownRank === orders.rank && step === FAULT_AT_STEP;
      const output = model.forward(L.tf.ones([2, 4]));
      const label = L.tf.tensor1d([0, isWrong ? 7 : 0], "int32");
      fabric.backward(L.F.crossEntropy(L.tf.concat([output, output], 1), label).add(output.square().mean()));
      optimizer.step();
    });
}

report("begin");
faultAt("before-launch");
try {
  await (orders.phase === "fabric" ? withFabric() : withTrainer());
  report("trained");
} catch (error) {
  report("failed", error);
  throw error;
}
faultAt("end");
report("end");
