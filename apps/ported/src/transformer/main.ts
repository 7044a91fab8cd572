import { tmpdir } from "node:os";
import { join } from "node:path";
import * as L from "lightning-ts";
import { DataLoader, randomSplit } from "lightning-ts/core";
import { isFull, report } from "../report.js";
import { readMobyDick } from "../text/moby-dick.js";
import { WordBlocks } from "../text/word-blocks.js";
import { LanguageModel } from "./language-model.js";

L.seedEverything(42);

// Data
const dataset = new WordBlocks(await readMobyDick(isFull ? 135 : 14), isFull ? 10_000 : 1000);
const n = dataset.length;
const [train, val, test] = randomSplit(dataset, [n - 2 * Math.floor(n / 10), Math.floor(n / 10), Math.floor(n / 10)]);
const trainLoader = new DataLoader(train, { batchSize: 20, shuffle: true });
const valLoader = new DataLoader(val, { batchSize: 20 });
const testLoader = new DataLoader(test, { batchSize: 20 });

// Model
const model = new LanguageModel(dataset.vocabulary.length);

// Trainer
const trainer = new L.Trainer({
  gradientClipVal: 0.25,
  maxEpochs: isFull ? 20 : 2,
  defaultRootDir: join(tmpdir(), "lightning-ts-transformer"),
  logEveryNSteps: isFull ? 50 : 10,
  enableProgressBar: isFull,
});
await trainer.fit(model, trainLoader, valLoader);
const [metrics] = await trainer.test(model, testLoader);

const loss = metrics?.["test_loss"] ?? Number.NaN;
const limit = Math.log(dataset.vocabulary.length) - 1;
report(
  "transformer",
  loss < limit,
  `test loss ${loss.toFixed(2)}`,
  `below ${limit.toFixed(2)}, one less than by chance`,
);
