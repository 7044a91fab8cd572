import type { LightningDataModule } from "../datamodule/lightning-data-module.js";
import type { GivenLoaders } from "../data/data-sources.js";
import type { LightningModule } from "../module/lightning-module.js";
import type { Stage } from "./stages.js";

/** One call of `fit`, `validate`, `test` or `predict`. */
export interface RunRequest {
  readonly stage: Stage;
  readonly module: LightningModule;
  readonly datamodule: LightningDataModule | undefined;
  readonly given: GivenLoaders;
  readonly ckptPath: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly returnPredictions: boolean;
}
