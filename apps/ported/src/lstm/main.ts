import { tmpdir } from "node:os";
import { join } from "node:path";
import * as L from "lightning-ts";
import { isFull, report } from "../report.js";
import { readMobyDick } from "../text/moby-dick.js";
import { WordBlocks } from "../text/word-blocks.js";
import { LightningLSTM } from "./lightning-lstm.js";

L.seedEverything(42);
const dataset = new WordBlocks(await readMobyDick(isFull ? 135 : 10), isFull ? 10_000 : 1000);
const model = new LightningLSTM(dataset);
const trainer = new L.Trainer({
  gradientClipVal: 0.25,
  maxEpochs: isFull ? 10 : 2,
  defaultRootDir: join(tmpdir(), "lightning-ts-lstm"),
  logEveryNSteps: isFull ? 50 : 10,
  enableProgressBar: isFull,
});
await trainer.fit(model);

const loss = trainer.callbackMetrics["train_loss_epoch"] ?? Number.NaN;
const limit = Math.log(dataset.vocabulary.length) - 1;
report("lstm", loss < limit, `training loss ${loss.toFixed(2)}`, `below ${limit.toFixed(2)}, one less than by chance`);
