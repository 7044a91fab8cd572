import { F, nn, optim, tf } from "@lightning-ts/core";
import {
  type CombinedLoader,
  LightningModule,
  type LightningOptimizer,
  type LRSchedulerConfig,
  type OptimizersReturn,
} from "@lightning-ts/pytorch";
import type { GoldenConfig, GoldenEvent, GoldenScheduler } from "./golden-config.js";
import { goldenLoaders } from "./golden-data.js";

/** What a golden model's event throws. */
export class AskedFailure extends Error {}

/** A module that a configuration describes, with fixed weights; `golden_model.py` has the same one in Python. */
export class GoldenModel extends LightningModule {
  readonly layer = new nn.Linear(4, 2);

  constructor(readonly config: GoldenConfig) {
    super();
    this.automaticOptimization = config.manual !== true;
    const weight = tf.buffer<tf.Rank.R2>([2, 4]);
    for (let i = 0; i < 2; i += 1) for (let j = 0; j < 4; j += 1) weight.set(((i * 2 + j) % 3) / 4 - 0.25, i, j);
    this.layer.loadStateDict({ weight: weight.toTensor(), bias: tf.zeros([2]) });
    if (config.hparams !== undefined) this.saveHyperparameters(config.hparams);
  }

  /** What is to happen in this hook at this point of training. */
  happening(hook: string, batch?: number): GoldenEvent["do"] | undefined {
    const event = this.config.events?.find(
      (one) => one.hook === hook && one.epoch === this.currentEpoch && one.batch === batch,
    );
    if (event?.do === "stop") this.trainer.shouldStop = true;
    if (event?.do === "throw") throw new AskedFailure("as asked");
    return event?.do;
  }

  loss(batch: unknown): tf.Tensor {
    const x = tf.concat(tensorsOf(batch));
    const output = this.layer.forward(x);
    return F.mseLoss(output, tf.onesLike(output));
  }

  override onTrainBatchStart(_batch: unknown, batchIdx: number) {
    return this.happening("onTrainBatchStart", batchIdx) === "leave" ? -1 : undefined;
  }

  override trainingStep(batch: unknown, batchIdx: number): tf.Tensor | undefined | Promise<tf.Tensor> {
    const happening = this.happening("trainingStep", batchIdx);
    if (!this.automaticOptimization) return this.manualStep(batch);
    const loss = this.loss(batch);
    this.logInStep(loss);
    return happening === "nothing" ? undefined : loss;
  }

  async manualStep(batch: unknown): Promise<tf.Tensor> {
    const optimizers: readonly LightningOptimizer[] = [this.optimizers()].flat();
    let loss = tf.scalar(0);
    for (const optimizer of optimizers) {
      loss = this.loss(batch) as tf.Scalar;
      optimizer.zeroGrad();
      await this.manualBackward(loss);
      await optimizer.step();
    }
    this.logInStep(loss);
    return loss;
  }

  logInStep(_loss: tf.Tensor): void {}

  override onTrainBatchEnd(_outputs: unknown, _batch: unknown, batchIdx: number): void {
    this.happening("onTrainBatchEnd", batchIdx);
  }
  override onTrainEpochEnd(): void {
    this.happening("onTrainEpochEnd");
  }
  override onValidationEpochEnd(): void {
    this.happening("onValidationEpochEnd");
  }
  override validationStep(_batch: unknown, batchIdx: number): void {
    if (!this.trainer.sanityChecking) this.happening("validationStep", batchIdx);
  }
  override testStep(_batch: unknown, batchIdx: number): void {
    this.happening("testStep", batchIdx);
  }
  override predictStep(batch: unknown): tf.Tensor {
    return this.layer.forward(tf.concat(tensorsOf(batch)));
  }

  override configureOptimizers(): OptimizersReturn {
    const { optimizers: count = 1, schedulers = [] } = this.config;
    if (count === 0) return undefined;
    const optimizers = Array.from({ length: count }, () => new optim.SGD(this.parameters(), { lr: 0.125 }));
    return [optimizers, schedulers.map((one) => schedulerOf(optimizers[0]!, one))];
  }

  override trainDataloader() {
    return goldenLoaders(this.config, "train") as CombinedLoader;
  }
  override valDataloader() {
    return goldenLoaders(this.config, "val") as CombinedLoader;
  }
  override testDataloader() {
    return goldenLoaders(this.config, "test") as CombinedLoader;
  }
  override predictDataloader() {
    return goldenLoaders(this.config, "predict") as CombinedLoader;
  }
}

function schedulerOf(optimizer: optim.Optimizer, { kind, ...settings }: GoldenScheduler): LRSchedulerConfig {
  const scheduler =
    kind === "plateau"
      ? new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 })
      : new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
  return { scheduler, ...settings };
}

function tensorsOf(batch: unknown): tf.Tensor2D[] {
  if (batch instanceof tf.Tensor) return [batch as tf.Tensor2D];
  return Object.values(batch ?? {}).flatMap(tensorsOf);
}
