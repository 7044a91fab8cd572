import * as L from "lightning-ts";
import { saveImage } from "lightning-ts/vision";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { testDigits, trainingDigits } from "./digit-folder.js";
import { LitResNet } from "./lit-res-net.js";
import { writeDigits } from "./write-digits.js";

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    workers: { type: "string", default: "2" },
    "expect-accuracy": { type: "string", default: "0" },
  },
});
const [training, testing, epochs] = values.short ? [800, 128, 1] : [12_000, 2000, 3];
L.seedEverything(42);

const root = await mkdtemp(join(tmpdir(), "digit-folder-"));
const train = await trainingDigits(await writeDigits(join(root, "train"), "train", training));
const test = await testDigits(await writeDigits(join(root, "test"), "test", testing));
console.log(
  `${train.length} images to train on and ${test.length} to test with, of ${train.classes.length} classes, in ${root}`,
);

// What the first items of an epoch look like.
const shown: L.tf.TensorBuffer<L.tf.Rank.R3, "float32">[] = [];
for (let i = 0; i < 16; i += 1) shown.push((await train.get(i * Math.floor(training / 16)))[0]);
await saveImage(shown, join(root, "samples.png"), { normalize: true });

const numWorkers = Number(values.workers);
const loader = new L.DataLoader(train, { batchSize: 32, shuffle: true, numWorkers, persistentWorkers: numWorkers > 0 });
const trainer = new L.Trainer({ maxEpochs: epochs, logEveryNSteps: 10, enableCheckpointing: !values.short });
const model = new LitResNet();
await trainer.fit(model, loader);
const [metrics] = await trainer.test(model, new L.DataLoader(test, { batchSize: 64, numWorkers }));
const accuracy = metrics?.["test_acc"] ?? 0;
console.log(`\ntest accuracy ${(100 * accuracy).toFixed(1)} %`);
if (accuracy < Number(values["expect-accuracy"])) process.exitCode = 1;
