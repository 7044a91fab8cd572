import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as L from "lightning-ts";
import {
  type DDPStrategyOptions,
  DDPStrategy,
  FSDPStrategy,
  HalfPrecision,
  MixedPrecision,
  type FSDPStage,
} from "lightning-ts/fabric";
import { rankOfProcess } from "./rank-of-process.js";

/** How to train. Every rank, and a run on one, is given the same orders. */
export interface TrainOrders {
  readonly loop: "fabric" | "trainer";
  readonly devices: number;
  readonly batchSize: number;
  readonly steps: number;
  /** LBFGS with the Trainer alone. */
  readonly optimizer: "sgd" | "adam" | "lbfgs";
  /** Divides the optimizer's state, and more in later stages, between the ranks. */
  readonly stage?: FSDPStage;
  /** @default ddp with a short timeout */
  readonly strategy?: "ddp_find_unused_parameters_true" | "ddp_find_unused_parameters_false";
  readonly backend?: string;
  readonly accumulate?: number;
  readonly clip?: number;
  /** Weights and data of PyTorch, instead of those made here. */
  readonly recorded?: string;
  /** The rank whose loss does not reach a layer that the others use, or none does. */
  readonly withoutExtra?: number | "all";
  /** @default "32-true" */
  readonly precision?: "16-mixed" | "bf16-true";
  /** The rank whose loss overflows, in its third step. */
  readonly overflows?: number;
  readonly detectAnomaly?: boolean;
  readonly bucketCapMb?: number;
  /** Counts parameters that a rank's loss does not reach as zero there. */
  readonly findUnusedParameters?: boolean;
  /** Makes each rank begin with weights of its own. */
  readonly seedPerRank?: boolean;
  /** A batch norm between the layers, by itself or over all ranks. */
  readonly norm?: "plain" | "synchronized";
  /** Measures the gradients of each step, by norms of this order. */
  readonly normType?: number | "Infinity";
  /** Asks core's `clipGradNorm`, which sees this rank's gradients alone, before a step. */
  readonly clipsByHand?: boolean;
  /** How ddp's gradients travel, instead of a strategy as above. */
  readonly reduction?: Pick<DDPStrategyOptions, "bucketCapMb" | "gradientCompression" | "shareGradients">;
}

export interface TrainResult {
  readonly rank: number;
  readonly weights: readonly number[];
  /** Of each step, on this rank. */
  readonly losses: readonly number[];
  /** The last one as it was logged, averaged over the ranks. */
  readonly lastLoss: number;
  readonly threads: number | undefined;
  /** What losses are multiplied with in mixed precision, at the end. */
  readonly scale: number | undefined;
  /** How many tensors there were after the second step, and after the last. */
  readonly tensors: readonly [number, number];
  /** How many numbers this rank's optimizer remembers. */
  readonly stateNumbers: number;
  /** What `GradientNormMonitor` logged, by its name. */
  readonly norms: Readonly<Record<string, number>>;
}

interface Recorded {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly weights: Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>;
}

const FEATURES = 6;
const [text = "{}", folder = ""] = process.argv.slice(2);
const orders: TrainOrders = JSON.parse(text);
const recorded: Recorded | undefined =
  orders.recorded === undefined ? undefined : JSON.parse(readFileSync(orders.recorded, "utf8"));

L.seedEverything(11 + (orders.seedPerRank === true ? rankOfProcess() : 0));

class Net extends L.LightningModule<[L.tf.Tensor2D, L.tf.Tensor2D]> {
  readonly first = new L.nn.Linear(FEATURES, 16);
  readonly norm = orders.norm === undefined ? undefined : new L.nn.BatchNorm1d(16);
  readonly second = new L.nn.Linear(16, 1);
  readonly extra = orders.withoutExtra === undefined ? undefined : new L.nn.Linear(FEATURES, 1);
  readonly losses: number[] = [];

  readonly tensors: [number, number] = [0, 0];
  optimizer: L.optim.SGD | L.optim.Adam | undefined;
  stateNumbers = 0;
  threads: number | undefined;

  override onFitStart(): void {
    this.threads = this.trainer.strategy.device.backend.threads;
  }
  override forward(x: L.tf.Tensor2D) {
    const hidden = this.first.forward(x);
    const y = this.second.forward(L.F.tanh(this.norm?.forward(hidden) ?? hidden));
    const rows = Float32Array.from({ length: x.shape[0] }, (_, row) => (usesExtra(row) ? 1 : 0));
    if (this.extra === undefined || !rows.includes(1)) return y;
    return rows.includes(0)
      ? y.add(this.extra.forward(x).mul(L.tf.tensor2d(rows, [rows.length, 1])))
      : y.add(this.extra.forward(x));
  }
  override async trainingStep([x, y]: [L.tf.Tensor2D, L.tf.Tensor2D]) {
    const loss = overflowing(L.F.mseLoss(this.forward(x), y), this.losses.length);
    this.losses.push((await loss.data())[0] ?? Number.NaN);
    this.log("loss", loss, { syncDist: true, onStep: true, onEpoch: false });
    return loss;
  }
  override onTrainBatchStart(): void {
    this.countTensors();
  }
  override onBeforeOptimizerStep(): void {
    if (orders.clipsByHand === true) L.nn.utils.clipGradNorm(this.parameters(), 1);
  }
  countTensors(): void {
    const { numTensors } = L.tf.memory();
    if (this.losses.length === 2) this.tensors[0] = numTensors;
    this.tensors[1] = numTensors;
    const states = [...(this.optimizer?.state.values() ?? [])].flatMap(({ tensors }) => [...tensors.values()]);
    this.stateNumbers = states.reduce((sum, { size }) => sum + size, 0);
  }
  override configureOptimizers() {
    return orders.optimizer === "lbfgs"
      ? new L.optim.LBFGS(this.parameters(), { maxIter: 4, toleranceChange: 3e-3 })
      : makeOptimizer(this);
  }
}

/** Whether a layer is used for a row of a batch. One process has the rows of two ranks, in turn. */
function usesExtra(row: number): boolean {
  return orders.withoutExtra !== "all" && (orders.devices === 1 ? row % 2 : rankOfProcess()) !== orders.withoutExtra;
}

/** So large, where that was ordered, that its gradients are not finite once it is scaled. */
function overflowing(loss: L.tf.Tensor, steps: number): L.tf.Tensor {
  return steps === 2 && rankOfProcess() === orders.overflows ? loss.mul(1e37) : loss;
}

function makeOptimizer(net: Net) {
  net.optimizer =
    orders.optimizer === "sgd"
      ? new L.optim.SGD(net.parameters(), { lr: 0.05 })
      : new L.optim.Adam(net.parameters(), { lr: 0.01 });
  return net.optimizer;
}

function makeStrategy() {
  const { bucketCapMb, findUnusedParameters, stage, strategy } = orders;
  if (strategy !== undefined) return strategy;
  const options = { timeoutMs: 30_000, findUnusedParameters };
  return stage === undefined ? new DDPStrategy(options) : new FSDPStrategy({ ...options, stage, bucketCapMb });
}

/** As many examples as the steps take on all ranks together. */
function makeData(): L.TensorDataset<[L.tf.TensorBuffer<L.tf.Rank.R2>, L.tf.TensorBuffer<L.tf.Rank.R2>]> {
  const count = orders.steps * orders.batchSize * orders.devices * (orders.accumulate ?? 1);
  const x = L.tf.buffer<L.tf.Rank.R2>([count, FEATURES], "float32");
  const y = L.tf.buffer<L.tf.Rank.R2>([count, 1], "float32");
  for (let row = 0; row < count; row += 1) {
    let sum = 0;
    for (let column = 0; column < FEATURES; column += 1) {
      const value = recorded?.x[row * FEATURES + column] ?? Math.fround(Math.sin(1.7 * row + 2.3 * column));
      x.set(value, row, column);
      sum += value * (column - 2);
    }
    y.set(recorded?.y[row] ?? Math.fround(Math.tanh(sum)), row, 0);
  }
  return new L.TensorDataset(x, y);
}

function strategyOf(reduction: TrainOrders["reduction"]): DDPStrategy | undefined {
  return reduction === undefined ? undefined : new DDPStrategy({ timeoutMs: 30_000, ...reduction });
}

const mixed =
  orders.precision !== "16-mixed" ? undefined : new MixedPrecision({ initialScale: 1024, growthInterval: 4 });
const common = {
  plugins:
    mixed === undefined ? [new HalfPrecision("bf16-true")].filter(({ name }) => name === orders.precision) : [mixed],
  accelerator: L.cpu({ backend: orders.backend ?? "cpu" }),
  devices: orders.devices,
  strategy: orders.devices > 1 ? (strategyOf(orders.reduction) ?? makeStrategy()) : ("auto" as const),
};
const net = new Net();
if (recorded !== undefined) {
  const entries = Object.entries(recorded.weights);
  const state = new Map(entries.map(([name, { shape, values }]) => [name, L.tf.tensor(values, shape)]));
  // A batch norm begins as PyTorch's does.
  net.loadStateDict(state, { strict: orders.norm === undefined });
}
const loader = new L.DataLoader(makeData(), { batchSize: orders.batchSize, shuffle: false });
let rank: number;
let lastLoss = Number.NaN;
let threads: number | undefined;
const norms: Record<string, number> = {};
if (orders.loop === "trainer") {
  const trainer = new L.Trainer({
    ...common,
    maxEpochs: 1,
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    logEveryNSteps: 1,
    detectAnomaly: orders.detectAnomaly ?? false,
    callbacks: orders.normType === undefined ? [] : [new L.GradientNormMonitor({ normType: Number(orders.normType) })],
    syncBatchnorm: orders.norm === "synchronized",
    accumulateGradBatches: orders.accumulate ?? 1,
    ...(orders.clip === undefined ? {} : { gradientClipVal: orders.clip }),
  });
  await trainer.fit(net, loader);
  rank = trainer.globalRank;
  ({ threads } = net);
  lastLoss = Number(trainer.callbackMetrics["loss"]);
  for (const [name, value] of Object.entries(trainer.callbackMetrics))
    if (name.startsWith("grad_")) norms[name] = Number(value);
} else {
  const fabric = new L.Fabric(common);
  await fabric.launch();
  rank = fabric.globalRank;
  ({ threads } = fabric.device.backend);
  if (orders.norm === "synchronized") L.nn.SyncBatchNorm.convertSyncBatchnorm(net);
  const [model, optimizer] = fabric.setup(net, makeOptimizer);
  const accumulate = orders.accumulate ?? 1;
  let index = 0;
  for await (const batch of fabric.setupDataloaders(loader)) {
    index += 1;
    net.countTensors();
    const isPart = index % accumulate !== 0;
    fabric.noBackwardSync(
      model,
      () => {
        const loss = overflowing(L.F.mseLoss(model.forward(batch[0]), batch[1]), net.losses.length);
        net.losses.push(loss.dataSync()[0] ?? Number.NaN);
        fabric.backward(accumulate === 1 ? loss : loss.div(accumulate));
      },
      { enabled: isPart },
    );
    lastLoss = await fabric.allReduce(net.losses.at(-1) ?? Number.NaN);
    if (isPart) continue;
    if (orders.clip !== undefined) fabric.clipGradients(model, optimizer, { maxNorm: orders.clip });
    optimizer.step();
    optimizer.zeroGrad();
  }
  await fabric.close();
}
const weights = [...net.parameters(), ...net.buffers()].flatMap((variable) => [...variable.dataSync()]);
const scale = mixed?.scaler.scale;
const { losses, tensors, stateNumbers } = net;
const result: TrainResult = { rank, weights, losses, lastLoss, threads, scale, tensors, stateNumbers, norms };
writeFileSync(join(folder, `rank-${rank}.json`), JSON.stringify(result));
