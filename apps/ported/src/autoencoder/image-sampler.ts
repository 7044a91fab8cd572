import { DataLoader, noGrad, tf, toDevice } from "lightning-ts/core";
import * as L from "lightning-ts";
import { join } from "node:path";
import { MyDataModule } from "../digits-data.js";
import { saveDigits } from "../image-files.js";
import { LitAutoEncoder, prepareBatch } from "./lit-auto-encoder.js";

/** Draws a few digits of the validation set after each epoch, as the model draws them. */
export class ImageSampler extends L.Callback {
  constructor(
    readonly numSamples = 3,
    readonly folder = "images",
  ) {
    super();
  }

  override async onTrainEpochEnd(trainer: L.Trainer, module: L.LightningModule) {
    const { datamodule } = trainer;
    if (!(module instanceof LitAutoEncoder) || !(datamodule instanceof MyDataModule)) return;
    if (!trainer.isGlobalZero || datamodule.mnistVal === undefined) return;
    for await (const digits of new DataLoader(datamodule.mnistVal, { batchSize: this.numSamples })) {
      module.eval();
      const [images, generated] = tf.tidy(() => {
        const originals = prepareBatch(toDevice(digits));
        return [originals, noGrad(() => module.forward(originals))];
      });
      module.train();
      const path = (kind: string) => join(this.folder, `grid_${kind}_${trainer.currentEpoch}.pgm`);
      if (trainer.currentEpoch === 0) await saveDigits(path("ori"), await images.data());
      await saveDigits(path("generated"), await generated.data());
      tf.dispose([images, generated]);
      return;
    }
  }
}
