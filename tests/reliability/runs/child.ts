import * as L from "lightning-ts";
import { SmallModel, smallLoader } from "./small-run.js";

/** What a process of these tests is told to do. */
export interface Orders {
  readonly root: string;
  readonly maxEpochs: number;
  readonly logger: "csv" | "tensorboard" | "both" | "none";
  readonly dirpath?: string | undefined;
  readonly ckptPath?: string | undefined;
  /** Say `ready` when training has begun, and wait for a line before going on. */
  readonly waits?: boolean | undefined;
}

const orders = JSON.parse(process.argv[2] ?? "{}") as Orders;
const { root, maxEpochs, logger: kind, dirpath, ckptPath } = orders;
L.seedEverything(7);
const csv = () => new L.CSVLogger({ saveDir: root });
const board = () => new L.TensorBoardLogger({ saveDir: root });
const logger = { csv: () => [csv()], tensorboard: () => [board()], both: () => [csv(), board()], none: () => [] };

class Waits extends L.Callback {
  override async onTrainStart(): Promise<void> {
    console.log("ready");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    process.stdin.destroy();
  }
}

const checkpoint = new L.ModelCheckpoint({
  dirpath,
  everyNTrainSteps: 1,
  saveTopK: 2,
  monitor: "step",
  mode: "max",
  saveLast: true,
});
const trainer = new L.Trainer({
  maxEpochs,
  defaultRootDir: root,
  logger: kind === "none" ? false : logger[kind](),
  accelerator: L.cpu({ backend: "cpu" }),
  enableProgressBar: false,
  enableModelSummary: false,
  callbacks: orders.waits === true ? [new Waits(), checkpoint] : [checkpoint],
});
const model = new SmallModel();
await trainer.fit(model, smallLoader(), undefined, { ckptPath });
console.log(
  JSON.stringify({
    losses: model.losses,
    weight: [...model.layer.weight.dataSync()],
    folder: checkpoint.dirpath,
    logDirs: trainer.loggers.map(({ logDir }) => logDir),
  }),
);
