import { tmpdir } from "node:os";
import { join } from "node:path";
import * as L from "lightning-ts";
import { MyDataModule } from "../digits-data.js";
import { isFull, report } from "../report.js";
import { ImageSampler } from "./image-sampler.js";
import { LitAutoEncoder } from "./lit-auto-encoder.js";

L.seedEverything(1234);
const folder = join(tmpdir(), "lightning-ts-autoencoder");
const model = new LitAutoEncoder();
const datamodule = new MyDataModule(isFull ? {} : { most: 5000 });
const trainer = new L.Trainer({
  maxEpochs: isFull ? 10 : 3,
  defaultRootDir: folder,
  callbacks: [new ImageSampler(3, join(folder, "images"))],
  enableProgressBar: isFull,
});

await trainer.fit(model, { datamodule });
const [metrics] = await trainer.test({ ckptPath: "best", datamodule });
const predictions = await trainer.predict(model, { ckptPath: "best", datamodule });

const [first] = predictions;
const loss = metrics?.["test_loss_epoch"] ?? Number.NaN;
const shape = first === undefined ? "nothing" : `[${first.shape.join(", ")}]`;
report(
  "autoencoder",
  loss < 0.066 && shape === "[32, 784]",
  `test loss ${loss.toFixed(4)}, predictions ${shape}`,
  "below 0.066",
);
