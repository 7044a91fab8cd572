import { loadDigits, MnistDataModule } from "@apps/mnist-data";
import * as L from "lightning-ts";
import { classifyDigits } from "./classify-digits.js";
import { LitMnist } from "./lit-mnist.js";
import { Throughput } from "./throughput.js";
import { trainOptions } from "./train-options.js";

const { epochs, batchSize, accelerator, limitBatches, expectedAccuracy } = trainOptions(process.argv.slice(2));
L.seedEverything(42);

const data = new MnistDataModule({ batchSize });
console.log(
  `MNIST: 55 000 handwritten digits to train on, 5 000 to validate with, 10 000 to test with\n(kept in ${data.folder})\n`,
);

const throughput = new Throughput(batchSize);
const trainer = new L.Trainer({
  accelerator,
  maxEpochs: epochs,
  limitTrainBatches: limitBatches,
  callbacks: [new L.ModelCheckpoint({ monitor: "val_acc", mode: "max" }), throughput],
});

const { status, bestModelPath } = await trainer.fit(new LitMnist(), { datamodule: data });
if (status !== "finished" || bestModelPath === undefined) {
  console.log("\nInterrupted, so there is no model to test.");
  process.exit(130);
}

// The weights come back from the file alone: what is tested is what was saved.
const model = await LitMnist.loadFromCheckpoint(bestModelPath);
const [metrics] = await trainer.test(model, { datamodule: data });
const accuracy = metrics?.["test_acc"] ?? 0;

console.log(`\nWhat the checkpoint, loaded again, takes some test digits for:\n`);
console.log(await classifyDigits(model, await loadDigits(data.folder, "test"), [0, 1, 4, 8]));
console.log();
console.log(
  finalTable({
    "test accuracy": `${(100 * accuracy).toFixed(2)} %`,
    "samples per second": Math.round(throughput.samplesPerSecond).toLocaleString("en"),
    checkpoint: bestModelPath,
    logs: trainer.logDir ?? "none",
  }),
);
if (accuracy < expectedAccuracy) process.exitCode = 1;

/** Two aligned columns, one line for each entry. */
function finalTable(entries: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  return Object.entries(entries)
    .map(([name, value]) => `${name.padEnd(width)}   ${value}`)
    .join("\n");
}
