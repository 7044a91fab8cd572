import { MisconfigurationError } from "@lightning-ts/core";

/** @throws MisconfigurationError for loaders that were made before: their batch size cannot be changed */
export function refuseGivenLoaders(given: object, what: string): void {
  if (Object.values(given).every((loaders) => loaders === undefined)) return;
  throw new MisconfigurationError({
    code: "LIT_TUNER",
    message: `${what} needs loaders that are made anew for each batch size, and the run was given loaders.`,
    expected: "a module or data module whose trainDataloader() makes a loader with this.batchSize",
    tryThis: "move the DataLoader into trainDataloader() of the module or of a data module.",
  });
}
