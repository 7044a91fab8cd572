import { FakeProcesses, FakeSignals, FakeTerminal, type MemoryFiles } from "@lightning-ts/testing";
import * as L from "lightning-ts";
import { AsyncCheckpointStore, SafetensorsCheckpointStore } from "lightning-ts/fabric";
import { SmallModel, smallLoader } from "../runs/small-run.js";

export const FOLDER = "/runs/checkpoints";
export const LOGS = "/runs/logs";
const EPOCHS = 2;

export interface DiskRun {
  readonly onSaveError: "raise" | "warn";
  readonly isAsync: boolean;
  readonly ckptPath?: string | undefined;
}

export interface DiskRunEnd {
  /** Undefined where the run ended well. */
  readonly error: unknown;
  readonly status: string | undefined;
  readonly weight: readonly number[];
  readonly warnings: readonly string[];
  readonly checkpoint: L.ModelCheckpoint;
  /** Tensors that are there after everything was disposed of. */
  readonly leakedTensors: number;
}

let processes = 0;

/** Trains with checkpoints and both loggers, as a process of its own. */
export async function runOnDisk(files: MemoryFiles, { onSaveError, isAsync, ckptPath }: DiskRun): Promise<DiskRunEnd> {
  L.seedEverything(7);
  processes += 1;
  const before = L.tf.memory().numTensors;
  const terminal = new FakeTerminal();
  const store = new SafetensorsCheckpointStore(files);
  const checkpoint = new L.ModelCheckpoint({
    dirpath: FOLDER,
    everyNTrainSteps: 3,
    saveTopK: 2,
    monitor: "step",
    mode: "max",
    saveLast: true,
  });
  const trainer = new L.Trainer({
    maxEpochs: EPOCHS,
    logger: [
      new L.CSVLogger({ saveDir: LOGS, name: "csv", files, terminal }),
      new L.TensorBoardLogger({ saveDir: LOGS, name: "board", files }),
    ],
    logEveryNSteps: 1,
    onSaveError,
    accelerator: L.cpu({ backend: "cpu" }),
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: [checkpoint],
    plugins: [isAsync ? new AsyncCheckpointStore(store) : store],
    ports: { files, terminal, signals: new FakeSignals(), processes: new FakeProcesses({ processId: processes }) },
  });
  const model = new SmallModel();
  let error: unknown;
  let status: string | undefined;
  try {
    ({ status } = await trainer.fit(model, smallLoader(), undefined, { ckptPath }));
  } catch (thrown) {
    error = thrown;
  }
  const weight = [...model.layer.weight.dataSync()];
  model.dispose();
  trainer.dispose();
  return {
    error,
    status,
    weight,
    warnings: terminal.warnings,
    checkpoint,
    leakedTensors: L.tf.memory().numTensors - before,
  };
}
