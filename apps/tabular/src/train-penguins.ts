import * as L from "lightning-ts";
import { noGrad, tensorScope, toDevice } from "lightning-ts/core";
import { Table } from "lightning-ts/data";
import { parseArgs } from "node:util";
import { LitPenguins } from "./lit-penguins.js";
import { PenguinDataModule } from "./penguin-data-module.js";

/** A penguin that nobody measured; its sex is not known. */
const STRANGER = {
  island: ["Biscoe"],
  beak_length: [47.5],
  beak_depth: [15],
  flipper_length: [217],
  mass: [5200],
  sex: ["FEMALE"],
};

/** Trains on a table of penguins, and tells how many of those that were held back are named rightly. */
export async function trainPenguins(table: Table): Promise<void> {
  const { values } = parseArgs({ options: { "expect-accuracy": { type: "string", default: "0" } } });
  console.log(`${table.length} penguins; missing values: ${JSON.stringify(table.missing)}\n`);
  L.seedEverything(42);
  const trainer = new L.Trainer({
    maxEpochs: 12,
    logEveryNSteps: 5,
    callbacks: [new L.ModelCheckpoint({ monitor: "val_acc", mode: "max" })],
  });
  const { metrics, bestModelPath } = await trainer.fit(new LitPenguins(), { datamodule: new PenguinDataModule(table) });
  if (bestModelPath === undefined) return;

  // Weights and scalers come back from the file alone.
  const model = await LitPenguins.loadFromCheckpoint(bestModelPath);
  const { features, species } = await PenguinDataModule.loadFromCheckpoint(bestModelPath);
  using _scope = tensorScope({ tape: false });
  model.eval();
  const input = toDevice(features.transform(Table.of(STRANGER)));
  const [guess = 0] = await noGrad(() => model.forward(input).argMax(1)).data();
  const accuracy = metrics["val_acc"] ?? 0;
  console.log(`\nvalidation accuracy ${(100 * accuracy).toFixed(1)} %; the stranger is a ${species.classes[guess]}`);
  if (accuracy < Number(values["expect-accuracy"])) process.exitCode = 1;
}
