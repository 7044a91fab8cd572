import { tmpdir } from "node:os";
import { join } from "node:path";
import * as L from "lightning-ts";
import { MyDataModule } from "../digits-data.js";
import { isFull, report } from "../report.js";
import { GAN } from "./gan.js";

L.seedEverything(1234);
const folder = join(tmpdir(), "lightning-ts-gan");
const model = new GAN({ folder: join(folder, "images") });
const datamodule = new MyDataModule(isFull ? { batchSize: 64 } : { batchSize: 64, most: 3000 });
const trainer = new L.Trainer({
  maxEpochs: isFull ? 20 : 2,
  defaultRootDir: folder,
  logEveryNSteps: isFull ? 50 : 10,
  enableProgressBar: isFull,
});

const { status } = await trainer.fit(model, { datamodule });
const { g_loss: generator = Number.NaN, d_loss: discriminator = Number.NaN } = trainer.callbackMetrics;
const result = `generator ${generator.toFixed(2)}, discriminator ${discriminator.toFixed(2)}; digits in ${folder}/images`;
const isBalanced = [generator, discriminator].every((loss) => loss > 0.1 && loss < 4);
report("gan", status === "finished" && isBalanced, result, "neither network has won: both losses from 0.1 to 4");
