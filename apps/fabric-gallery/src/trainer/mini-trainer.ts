import { item, noGrad, type OnDevice } from "lightning-ts/core";
import { CheckpointNotFoundError, Fabric, type FabricOptions } from "lightning-ts/fabric";
import type { MiniCallback, Task } from "./task.js";

export interface MiniTrainerOptions {
  readonly maxEpochs: number;
  readonly accumulateGradBatches: number;
  readonly maxNorm: number;
  /** Saved after every epoch; `fit` goes on from it. */
  readonly checkpoint: string;
  readonly callbacks: readonly MiniCallback[];
  readonly fabric?: Omit<FabricOptions, "callbacks">;
}

/**
 * A trainer of your own: epochs, accumulation, clipping, validation, callbacks, logging, and checkpoints to resume
 * from.
 */
export class MiniTrainer {
  readonly fabric: Fabric;

  constructor(private readonly options: MiniTrainerOptions) {
    this.fabric = new Fabric({ ...options.fabric, callbacks: options.callbacks });
  }

  /** Trains up to `maxEpochs`. @returns the accuracy of the last validation */
  async fit<TBatch>(
    task: Task<OnDevice<TBatch>>,
    trainLoader: AsyncIterable<TBatch>,
    valLoader: AsyncIterable<TBatch>,
  ): Promise<number> {
    const { fabric, options } = this;
    await fabric.launch();
    const [model, optimizer] = fabric.setup(task.model, () => task.configureOptimizer());
    const train = fabric.setupDataloaders(trainLoader);
    const validation = fabric.setupDataloaders(valLoader);
    const state = { model, optimizer, train, epoch: 0, step: 0, accuracy: 0 };
    await this.#resume(state);

    for (; state.epoch < options.maxEpochs; state.epoch += 1) {
      model.train();
      let batchIdx = 0;
      for await (const batch of train) {
        const loss = task.trainingStep(batch);
        fabric.backward(loss.div(options.accumulateGradBatches));
        batchIdx += 1;
        if (batchIdx % options.accumulateGradBatches !== 0) continue;
        fabric.clipGradients(model, optimizer, { maxNorm: options.maxNorm, errorIfNonfinite: false });
        optimizer.step();
        optimizer.zeroGrad();
        state.step += 1;
        fabric.log("train_loss", loss, state.step);
      }
      model.eval();
      state.accuracy = await this.#validate(task, validation);
      await fabric.call("onValidationEnd", state.epoch, state.accuracy);
      await fabric.save(options.checkpoint, { ...state, epoch: state.epoch + 1 });
    }
    await fabric.close();
    return state.accuracy;
  }

  async #validate<TBatch>(task: Task<OnDevice<TBatch>>, loader: AsyncIterable<OnDevice<TBatch>>): Promise<number> {
    let right = 0;
    let total = 0;
    for await (const batch of loader) {
      const score = noGrad(() => task.validationStep(batch));
      right += item(score.right);
      total += score.total;
    }
    return right / total;
  }

  async #resume(state: Record<string, unknown>): Promise<void> {
    try {
      await this.fabric.load(this.options.checkpoint, state);
    } catch (error) {
      if (!(error instanceof CheckpointNotFoundError)) throw error;
    }
  }
}
