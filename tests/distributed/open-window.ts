import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as L from "lightning-ts";
import { DDPStrategy, FSDPStrategy, type FSDPStage } from "lightning-ts/fabric";
import { MeanSquaredError } from "lightning-ts/metrics";

/** One way to train, whose runs are all in one process for each rank. */
export interface WindowCase {
  readonly name: string;
  /** Divides the optimizer's state, and more in stage 2, between the ranks. @default ddp */
  readonly stage?: FSDPStage;
  /** Saves folders of shards. */
  readonly shards?: boolean;
  /** Lets gradients of `ddp` travel as 16 bits. */
  readonly isCompressed?: boolean;
  /** The layer that is used by one rank alone, or in the first batches of a window alone. */
  readonly extra?: "one rank" | "early" | "early on one rank";
  readonly clip?: number;
  readonly optimizer?: "adam";
  /** Two optimizers in manual optimization. `inTurn` reduces each batch's gradients, `apart` those of a window. */
  readonly manual?: "each batch" | "window";
}

export interface WindowOrders {
  readonly devices: number;
  readonly batchSize: number;
  readonly cases: readonly WindowCase[];
  readonly root: string;
  /** Goes on from the files of an earlier program, and trains no run of its own before. */
  readonly resumesOnly?: boolean;
}

/** Weights at the end of runs, by their kind, and the epoch's metrics behind them. */
export interface WindowResult {
  readonly rank: number;
  readonly cases: Readonly<Record<string, Readonly<Record<"plain" | "saving" | "resumed", readonly number[]>>>>;
}

const FEATURES = 3;
const EXAMPLES = 48;
const WINDOW = 4;
/** Batches after which a run that goes on has begun: in the middle of the second window. */
const SAVED_AFTER = 6;

const [text = "{}", folder = ""] = process.argv.slice(2);
const orders: WindowOrders = JSON.parse(text);

class Net extends L.LightningModule<[L.tf.Tensor2D]> {
  readonly first = new L.nn.Linear(FEATURES, 8);
  readonly extra = new L.nn.Linear(FEATURES, 1);
  readonly second = new L.nn.Linear(8, 1);
  readonly error = new MeanSquaredError();
  /** Where it saves, if it does. */
  path: string | undefined;

  constructor(readonly how: WindowCase) {
    super();
    this.automaticOptimization = how.manual === undefined;
  }
  lossOf(x: L.tf.Tensor2D, batchIdx: number) {
    const y = this.second.forward(L.F.tanh(this.first.forward(x)));
    const out = this.usesExtra(batchIdx) ? y.add(this.extra.forward(x)) : y;
    const target = x.sum<L.tf.Tensor1D>(1).expandDims<L.tf.Tensor2D>(1).sin();
    this.error.update(out, target);
    this.log("error", this.error, { onStep: false, onEpoch: true });
    const loss = L.F.mseLoss(out, target);
    this.log("loss", loss, { syncDist: true, onStep: false, onEpoch: true });
    return loss;
  }
  usesExtra(batchIdx: number): boolean {
    const isEarly = batchIdx % WINDOW < SAVED_AFTER % WINDOW;
    const isHere = this.trainer.globalRank === 0;
    switch (this.how.extra) {
      case "one rank":
        return isHere;
      case "early":
        return isEarly;
      case "early on one rank":
        return isHere && isEarly;
      case undefined:
        return true;
      default:
        return this.how.extra satisfies never;
    }
  }
  override trainingStep([x]: [L.tf.Tensor2D], batchIdx: number) {
    const loss = this.lossOf(x, batchIdx);
    if (this.how.manual === undefined) return loss;
    return this.trainByHand(loss, (batchIdx + 1) % WINDOW === 0);
  }
  async trainByHand(loss: L.tf.Tensor, isEnd: boolean): Promise<undefined> {
    const backward = () => this.manualBackward(loss.div(WINDOW));
    if (this.how.manual === "window" && !isEnd) await this.trainer.strategy.noBackwardSync(this, backward);
    else await backward();
    if (!isEnd) return undefined;
    for (const optimizer of [this.optimizers()].flat()) {
      await optimizer.step();
      optimizer.zeroGrad();
    }
    return undefined;
  }
  override async onTrainBatchEnd(_outputs: unknown, _batch: unknown, batchIdx: number): Promise<void> {
    if (this.path !== undefined && batchIdx + 1 === SAVED_AFTER) await this.trainer.saveCheckpoint(this.path);
  }
  override configureOptimizers() {
    const make = (parameters: ReturnType<L.nn.Module["parameters"]>) =>
      this.how.optimizer === "adam"
        ? new L.optim.Adam(parameters, { lr: 0.02 })
        : new L.optim.SGD(parameters, { lr: 0.1 });
    if (this.how.manual === undefined) return make(this.parameters());
    return [make(this.first.parameters()), make([...this.extra.parameters(), ...this.second.parameters()])];
  }
}

function makeStrategy({ stage, shards, isCompressed, extra }: WindowCase) {
  const options = { timeoutMs: 30_000, findUnusedParameters: extra !== undefined };
  if (stage === undefined)
    return new DDPStrategy({ ...options, ...(isCompressed === true ? { gradientCompression: "bf16" } : {}) });
  return new FSDPStrategy({ ...options, stage, stateDictType: shards === true ? "sharded" : "full" });
}

function makeData() {
  const x = L.tf.buffer<L.tf.Rank.R2>([EXAMPLES, FEATURES], "float32");
  for (let row = 0; row < EXAMPLES; row += 1)
    for (let column = 0; column < FEATURES; column += 1) x.set(Math.sin(1.7 * row + 2.3 * column), row, column);
  return new L.TensorDataset(x);
}

/** @returns the weights at the end */
async function train(how: WindowCase, files: { readonly saves?: string; readonly ckptPath?: string } = {}) {
  L.seedEverything(3);
  const net = new Net(how);
  net.path = files.saves;
  const trainer = new L.Trainer({
    accelerator: L.cpu({ backend: "cpu" }),
    devices: orders.devices,
    strategy: orders.devices === 1 ? "auto" : makeStrategy(how),
    maxEpochs: 1,
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    ...(how.manual === undefined ? { accumulateGradBatches: WINDOW } : {}),
    ...(how.clip === undefined ? {} : { gradientClipVal: how.clip }),
  });
  const { ckptPath } = files;
  const loader = new L.DataLoader(makeData(), { batchSize: orders.batchSize, shuffle: true });
  await trainer.fit(net, loader, undefined, ckptPath === undefined ? {} : { ckptPath });
  const weights = net.parameters().flatMap((parameter) => [...parameter.dataSync()]);
  const { error, loss } = trainer.callbackMetrics;
  return { rank: trainer.globalRank, weights: [...weights, Number(error), Number(loss)] };
}

const cases: Record<string, WindowResult["cases"][string]> = {};
let rank = 0;
for (const how of orders.cases) {
  const ckptPath = join(orders.root, `${how.name}.ckpt`);
  const nothing = { weights: [] };
  const plain = orders.resumesOnly === true ? nothing : await train(how);
  const saving = orders.resumesOnly === true ? nothing : await train(how, { saves: ckptPath });
  const resumed = await train(how, { ckptPath });
  ({ rank } = resumed);
  cases[how.name] = { plain: plain.weights, saving: saving.weights, resumed: resumed.weights };
}
writeFileSync(join(folder, `rank-${rank}.json`), JSON.stringify({ rank, cases } satisfies WindowResult));
