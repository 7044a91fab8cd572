import type { Connection, Messages } from "@lightning-ts/fabric";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Door } from "../../door/door.js";
import type { Driver } from "../../door/driver.js";
import type { Trainer } from "../../contract/trainer.js";
import type { PublishedMetrics } from "../../results/published-metrics.js";
import type { OwnOptimizers } from "./own-optimizers.js";
import type { RunIdentity } from "./run-identity.js";
import type { RunTiming } from "../hooks/run-timing.js";
import type { FitSession } from "./fit-session.js";
import type { FitState } from "../state/fit-state.js";
import type { TrainerPlan } from "../../options/plan.js";
import type { Session } from "./session.js";

/** The run that is under way, or the last one. */
export interface CurrentRun {
  module: LightningModule | undefined;
  session: Session | undefined;
  /** Undefined unless it trains. */
  fit: FitSession | undefined;
  door: Door | undefined;
  /** A hook of another run of the Trainer started it. */
  readonly isInner: boolean;
}

/** What a Trainer owns and lends to each of its runs. */
export interface OwnedParts {
  readonly plan: TrainerPlan;
  readonly connection: Connection;
  readonly messages: Messages;
  readonly identity: RunIdentity;
  readonly ownOptimizers: OwnOptimizers;
  /** What a signal was called that interrupted the last run: later runs are refused until somebody says otherwise. */
  refusal?: string | undefined;
  /** These three are a run's own while a hook of another run waits for it. */
  state: FitState;
  published: PublishedMetrics;
  current: CurrentRun;
}

/** A Trainer and what it lends to one run. */
export interface TrainerParts extends OwnedParts {
  readonly trainer: Readonly<Trainer>;
  readonly driver: Driver;
  readonly door: Door;
  readonly timing: RunTiming | undefined;
  /** Lets the Trainer run nothing more. @param interruption what stopped this run */
  refuse(interruption: string): void;
}
