import type { TrainingBackend } from "@lightning-ts/core";
import type { Connection, Messages, Ports, RunWarnings } from "@lightning-ts/fabric";
import type { LightningDataModule } from "../../contract/lightning-data-module.js";
import type { DataSources } from "../batches/data-sources.js";
import type { BatchTransfer } from "../batches/batch-transfer.js";
import type { Door } from "../../door/door.js";
import type { Driver } from "../../door/driver.js";
import type { RunTiming } from "../hooks/run-timing.js";
import type { Hooks } from "../hooks/hooks.js";
import type { RunIdentity } from "./run-identity.js";
import type { NumberWatch } from "./number-watch.js";
import type { Breath } from "./breath.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Logging } from "../../results/logging.js";
import type { FitState } from "../state/fit-state.js";
import type { TrainerPlan } from "../../options/plan.js";
import type { Stage } from "../../words/stages.js";
import type { Trainer } from "../../contract/trainer.js";

/** The live things of one call of `fit`, `validate`, `test` or `predict`. */
export interface Session {
  readonly stage: Stage;
  /** To hand to user code. Loops write to the state: whatever of it the Trainer shows follows. */
  readonly trainer: Readonly<Trainer>;
  readonly plan: TrainerPlan;
  readonly state: FitState;
  readonly module: LightningModule;
  readonly datamodule: LightningDataModule | undefined;
  readonly connection: Connection;
  readonly backend: TrainingBackend;
  readonly ports: Ports;
  readonly driver: Driver;
  readonly door: Door;
  readonly hooks: Hooks;
  readonly logging: Logging;
  readonly transfer: BatchTransfer;
  readonly sources: DataSources;
  readonly breath: Breath;
  readonly messages: Messages;
  readonly identity: RunIdentity;
  /** What this run has to say once. */
  readonly warnings: RunWarnings;
  /** Looks for losses and metrics that are NaN or infinite. */
  readonly numbers: NumberWatch;
  /** Tells the profiler what the run does; undefined where nobody profiles it. */
  readonly timing: RunTiming | undefined;
}
