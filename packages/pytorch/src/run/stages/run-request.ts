import type { LightningDataModule } from "../../contract/lightning-data-module.js";
import type { GivenLoaders } from "../batches/data-sources.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Stage } from "../../words/stages.js";

/** One call of `fit`, `validate`, `test` or `predict`. */
export interface RunRequest {
  readonly stage: Stage;
  readonly module: LightningModule;
  readonly datamodule: LightningDataModule | undefined;
  readonly given: GivenLoaders;
  readonly ckptPath: string | undefined;
  /** Whose options optimizers and schedules go on with. */
  readonly optionsFrom: "checkpoint" | "code";
  readonly signal: AbortSignal | undefined;
  readonly returnPredictions: boolean;
}
