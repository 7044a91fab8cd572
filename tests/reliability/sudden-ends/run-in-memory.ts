import { FakeProcesses, FakeSignals, FakeTerminal, type MemoryFiles } from "@lightning-ts/testing";
import * as L from "lightning-ts";
import { AsyncCheckpointStore, SafetensorsCheckpointStore, type CheckpointStore } from "lightning-ts/fabric";
import { SmallModel, smallLoader } from "../runs/small-run.js";
import { checkpointsOf, type Saving } from "./saving.js";

/** The folder that these runs save to. */
export const FOLDER = "/runs/small";
const EPOCHS = 2;

export interface RunInMemory {
  readonly losses: readonly number[];
  readonly weight: readonly number[];
}

let processes = 0;

/**
 * Trains from `last.ckpt`, or from the beginning where there is none, as a process of its own.
 * @param options.onSaved hears when the store has written a checkpoint, and when a callback has made a link to it
 */
export async function runInMemory(
  files: MemoryFiles,
  saving: Saving,
  options: { readonly onSaved?: () => void } = {},
): Promise<RunInMemory> {
  L.seedEverything(7);
  processes += 1;
  const written = announcing(new SafetensorsCheckpointStore(files), options.onSaved);
  // Nothing is written any more when the next batch begins, unless it is written in the background.
  const isAllWritten = !saving.isAsync || saving.saveLast === "link";
  const hear = (): void => {
    if (isAllWritten) options.onSaved?.();
  };
  const trainer = new L.Trainer({
    maxEpochs: EPOCHS,
    logger: false,
    accelerator: L.cpu({ backend: "cpu" }),
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: [new L.LambdaCallback({ onTrainBatchStart: hear, onFitEnd: hear }), checkpointsOf(saving, FOLDER)],
    plugins: [saving.isAsync ? new AsyncCheckpointStore(written) : written],
    ports: {
      files,
      signals: new FakeSignals(),
      terminal: new FakeTerminal(),
      processes: new FakeProcesses({ processId: processes }),
    },
  });
  const model = new SmallModel();
  await trainer.fit(model, smallLoader(), undefined, { ckptPath: "last" });
  const { losses } = model;
  const weight = [...model.layer.weight.dataSync()];
  model.dispose();
  trainer.dispose();
  return { losses, weight };
}

function announcing(store: SafetensorsCheckpointStore, onSaved: (() => void) | undefined): CheckpointStore {
  const save = store.save.bind(store);
  return Object.assign(store, {
    save: async (...[path, tree, options]: Parameters<typeof save>) => {
      await save(path, tree, options);
      onSaved?.();
    },
  });
}
