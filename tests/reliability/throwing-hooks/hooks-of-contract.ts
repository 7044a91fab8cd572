import * as L from "lightning-ts";

/** Who has hooks. */
export const OWNERS = ["module", "datamodule", "callback", "logger"] as const;
export type Owner = (typeof OWNERS)[number];

/** What users call, and the Trainer does not; a method that is new here is taken for a hook. */
const CALLED_BY_USERS: Readonly<Record<Owner, readonly string[]>> = {
  module: [
    ...["log", "logDict", "print", "saveHyperparameters", "manualBackward", "optimizers", "lrSchedulers"],
    // Called by the step, and by configureGradientClipping: these are named.
    ...["forward", "clipGradients"],
    ...["toggleOptimizer", "untoggleOptimizer", "toggledOptimizer", "freeze", "unfreeze", "toOnnx", "loadCheckpoint"],
  ],
  datamodule: ["saveHyperparameters", "describe"],
  callback: ["log", "logDict"],
  logger: ["logText", "logImage", "logHistogram"],
};

/** Of the classes above, what a run calls too. */
const INHERITED: Readonly<Record<Owner, readonly string[]>> = {
  module: ["stateDict", "loadStateDict"],
  datamodule: [],
  callback: [],
  logger: [],
};

const CONTRACTS: Readonly<Record<Owner, readonly object[]>> = {
  module: [L.LightningModule.prototype],
  datamodule: [L.LightningDataModule.prototype],
  callback: [L.Callback.prototype],
  logger: [L.CSVLogger.prototype, L.TensorBoardLogger.prototype],
};

/** Every method that a run may call of an object that users write, by what the classes of the contract have. */
export function hooksOf(owner: Owner): readonly string[] {
  const methods = CONTRACTS[owner].flatMap((contract) =>
    Object.entries(Object.getOwnPropertyDescriptors(contract))
      .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
      .map(([name]) => name),
  );
  return [...new Set([...methods, ...INHERITED[owner]])].filter((name) => !CALLED_BY_USERS[owner].includes(name));
}
