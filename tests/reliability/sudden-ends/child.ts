import * as L from "lightning-ts";
import { AsyncCheckpointStore, SafetensorsCheckpointStore } from "lightning-ts/fabric";
import { nodeFiles } from "lightning-ts/fabric/node";
import { SmallModel, smallLoader } from "../runs/small-run.js";
import { checkpointsOf, type Saving } from "./saving.js";
import { killingFiles } from "./killing-files.js";

/** What a process that is to be killed is told. */
export interface KillOrders extends Saving {
  readonly folder: string;
  /** Number of the operation on files before which it is killed; none where it is negative. */
  readonly killAt: number;
}

const { folder, killAt, ...saving } = JSON.parse(process.argv[2] ?? "{}") as KillOrders;
const { files, operations } = killingFiles(nodeFiles(), killAt);
L.seedEverything(7);
const store = new SafetensorsCheckpointStore(files);
const trainer = new L.Trainer({
  maxEpochs: 2,
  logger: false,
  accelerator: L.cpu({ backend: "cpu" }),
  enableProgressBar: false,
  enableModelSummary: false,
  callbacks: [checkpointsOf(saving, folder)],
  plugins: [saving.isAsync ? new AsyncCheckpointStore(store) : store],
  ports: { files },
});
const model = new SmallModel();
await trainer.fit(model, smallLoader(), undefined, { ckptPath: "last" });
console.log(JSON.stringify({ weight: [...model.layer.weight.dataSync()], operations: operations() }));
