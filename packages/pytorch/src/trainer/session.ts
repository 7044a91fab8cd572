import type { TrainingBackend } from "@lightning-ts/core";
import type { Connection, Ports } from "@lightning-ts/fabric";
import type { LightningDataModule } from "../datamodule/lightning-data-module.js";
import type { DataSources } from "../data/data-sources.js";
import type { BatchTransfer } from "../data/batch-transfer.js";
import type { HookRunner } from "../hooks/hook-runner.js";
import type { Breath } from "../loops/breath.js";
import type { LightningModule } from "../module/lightning-module.js";
import type { Logging } from "../results/logging.js";
import type { FitState } from "./fit-state.js";
import type { Messages } from "./messages.js";
import type { TrainerPlan } from "./plan.js";
import type { Stage } from "./stages.js";
import type { Trainer } from "./trainer.js";

/** The live things of one call of `fit`, `validate`, `test` or `predict`. */
export interface Session {
  readonly stage: Stage;
  readonly trainer: Trainer;
  readonly plan: TrainerPlan;
  readonly state: FitState;
  readonly module: LightningModule;
  readonly datamodule: LightningDataModule | undefined;
  readonly connection: Connection;
  readonly backend: TrainingBackend;
  readonly ports: Ports;
  readonly hooks: HookRunner;
  readonly logging: Logging;
  readonly transfer: BatchTransfer;
  readonly sources: DataSources;
  readonly breath: Breath;
  readonly messages: Messages;
}
