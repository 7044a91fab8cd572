import { setTimeout } from "node:timers/promises";
import * as L from "lightning-ts";
import { SmallModel, smallLoader } from "../runs/small-run.js";

/** Prepares slowly, trains for ever, and evaluates between epochs; what it saves when it is stopped is a checkpoint. */
const [folder = ""] = process.argv.slice(2);
const STEP_MS = 2;
const PREPARE_MS = 150;

class Slow extends SmallModel {
  override async prepareData(): Promise<void> {
    console.log("ready");
    await setTimeout(PREPARE_MS);
  }
  override async onTrainBatchEnd(): Promise<void> {
    await setTimeout(STEP_MS);
  }
  override async validationStep(batch: Parameters<SmallModel["trainingStep"]>[0]): Promise<void> {
    await setTimeout(STEP_MS);
    this.log("val_loss", L.F.mseLoss(this.layer.forward(batch[0]), batch[1]));
  }
}

const trainer = new L.Trainer({
  maxEpochs: -1,
  defaultRootDir: folder,
  accelerator: L.cpu({ backend: "cpu" }),
  enableProgressBar: false,
  enableModelSummary: false,
  callbacks: [
    new L.OnExceptionCheckpoint({ dirpath: folder }),
    new L.ModelCheckpoint({ dirpath: folder, everyNTrainSteps: 5, saveLast: true }),
  ],
});
const { status, reason, steps } = await trainer.fit(new Slow(), smallLoader(), smallLoader());
console.log(JSON.stringify({ status, reason, steps }));
