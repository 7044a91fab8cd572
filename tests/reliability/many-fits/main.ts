/**
 * Fits many times in one process and says what there is more of than before: tensors, open files, handles, listeners.
 * The first fits warm up what is kept for good (graphs, threads, files of libraries).
 * usage: pnpm test:many-fits [fits, 200] [backend, onnxruntime]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as L from "lightning-ts";
import { SmallModel, smallLoader } from "../runs/small-run.js";
import { grown, held } from "./held.js";

const [fits = "200", backend = "onnxruntime"] = process.argv.slice(2);
const WARM_UP = 3;
const root = mkdtempSync(join(tmpdir(), "many-fits-"));

async function fitOnce(round: number): Promise<void> {
  const dirpath = join(root, `run-${round}`);
  using trainer = new L.Trainer({
    maxEpochs: 2,
    defaultRootDir: dirpath,
    accelerator: L.cpu({ backend }),
    enableProgressBar: false,
    enableModelSummary: false,
    logger: [new L.CSVLogger({ saveDir: dirpath }), new L.TensorBoardLogger({ saveDir: dirpath })],
    callbacks: [new L.ModelCheckpoint({ dirpath, saveLast: true })],
  });
  const model = new SmallModel();
  const signal = new AbortController().signal;
  await trainer.fit(model, smallLoader(), undefined, { signal });
  await trainer.test(model, smallLoader(), { verbose: false });
  model.dispose();
  rmSync(dirpath, { recursive: true });
}

for (let round = 0; round < WARM_UP; round += 1) await fitOnce(round);
const before = await held();
for (let round = 0; round < Number(fits); round += 1) await fitOnce(round);
const after = await held();
rmSync(root, { recursive: true });
const more = grown(before, after);
console.log(JSON.stringify({ fits: Number(fits), backend, before, after, grown: more }));
process.exitCode = more.length === 0 ? 0 : 1;
