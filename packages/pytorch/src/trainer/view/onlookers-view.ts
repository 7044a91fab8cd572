import { listOfLoggers, type Logger } from "@lightning-ts/fabric";
import { EarlyStopping } from "../../callbacks/early-stopping.js";
import { ModelCheckpoint } from "../../callbacks/model-checkpoint.js";
import { ProgressBar } from "../../callbacks/progress-bar.js";
import type { Callback } from "../../contract/callback.js";
import type { CheckpointCallback, EarlyStoppingCallback, ProgressBarCallback } from "../../contract/known-callbacks.js";
import type { OwnedParts } from "../../run/session/owned-parts.js";
import { MetricsView } from "./metrics-view.js";

/** The callbacks and loggers of a Trainer. */
interface Onlookers {
  readonly callbacks: readonly Callback[];
  readonly loggers: readonly Logger[];
}

/** What a Trainer shows of its callbacks and loggers. */
export abstract class OnlookersView extends MetricsView {
  callbacks: readonly Callback[];
  #loggers: readonly Logger[];

  protected constructor(parts: OwnedParts, { callbacks, loggers }: Onlookers) {
    super(parts);
    this.callbacks = callbacks;
    this.#loggers = loggers;
  }

  get loggers(): readonly Logger[] {
    return this.#loggers;
  }
  set loggers(loggers: readonly Logger[]) {
    this.#loggers = [...listOfLoggers(loggers)];
    this.parts.current.session?.logging.loggers.replace(this.isGlobalZero ? this.#loggers : []);
  }
  get logger(): Logger | undefined {
    return this.loggers[0];
  }
  set logger(logger: Logger | undefined) {
    this.loggers = logger === undefined ? [] : [logger];
  }
  get logDir(): string {
    return this.logger?.logDir ?? this.defaultRootDir;
  }
  get checkpointCallbacks(): readonly CheckpointCallback[] {
    return this.callbacks.filter((callback) => callback instanceof ModelCheckpoint);
  }
  get checkpointCallback(): CheckpointCallback | undefined {
    return this.checkpointCallbacks[0];
  }
  get earlyStoppingCallbacks(): readonly EarlyStoppingCallback[] {
    return this.callbacks.filter((callback) => callback instanceof EarlyStopping);
  }
  get earlyStoppingCallback(): EarlyStoppingCallback | undefined {
    return this.earlyStoppingCallbacks[0];
  }
  get progressBarCallback(): ProgressBarCallback | undefined {
    return this.callbacks.find((callback) => callback instanceof ProgressBar);
  }
}
