import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as L from "lightning-ts";
import { SmallModel, smallLoader } from "../runs/small-run.js";

/** A script that knows nothing of being started again. It fails as it is told, once for each word. */
const [root = "", ...failures] = process.argv.slice(2);
const starts = join(root, "starts.txt");
appendFileSync(starts, "x");
const start = readFileSync(starts, "utf8").length;
const failure = failures[start - 1] ?? "none";
const STEPS_OF_A_START = 10;

class Fails extends L.Callback {
  override onTrainBatchEnd(trainer: L.Trainer) {
    if (failure === "at-once" || trainer.globalStep !== start * STEPS_OF_A_START) return;
    if (failure === "kill") process.kill(process.pid, "SIGKILL");
    if (failure === "exit") process.exit(7);
    if (failure === "throw") throw new RangeError("the data ended");
    if (failure === "damage") damageNewest();
  }
}

/** Flips bits of the newest checkpoint and is killed. */
function damageNewest(): void {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("=9.ckpt"));
  for (const name of names) {
    const bytes = readFileSync(join(root, name));
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 0xff;
    writeFileSync(join(root, name), bytes);
  }
  process.kill(process.pid, "SIGKILL");
}

if (failure === "at-once") throw new Error("no such data set");
L.seedEverything(7);
const model = new SmallModel();
const trainer = new L.Trainer({
  maxEpochs: 4,
  defaultRootDir: root,
  accelerator: L.cpu({ backend: "cpu" }),
  enableProgressBar: false,
  enableModelSummary: false,
  callbacks: [new Fails(), new L.ModelCheckpoint({ everyNTrainSteps: 3, saveTopK: 2, monitor: "step", mode: "max" })],
});
await trainer.fit(model, smallLoader());
const second = new SmallModel();
await new L.Trainer({
  maxEpochs: 1,
  defaultRootDir: root,
  logger: false,
  accelerator: L.cpu({ backend: "cpu" }),
  enableProgressBar: false,
  enableModelSummary: false,
}).fit(second, smallLoader());
const weights = [model, second].map(({ layer }) => [...layer.weight.dataSync()]);
writeFileSync(join(root, "result.json"), JSON.stringify({ weights, steps: model.losses.length }));
