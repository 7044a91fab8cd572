import type { Optimizer } from "@lightning-ts/core";
import type { LightningDataModule } from "../../contract/lightning-data-module.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import { hasValidationBatches } from "../../run/loops/validation-in-fit.js";
import { replaceOptimizers, replaceSchedulers } from "../../run/optimization/replace-optimizers.js";
import type { LightningOptimizer } from "../../words/lightning-optimizer.js";
import type { LRSchedulerConfig, ResolvedScheduler } from "../../words/scheduler-config.js";
import { ConnectionView } from "./connection-view.js";

/** What a Trainer shows of the run that is under way, or of the last one. */
export abstract class RunView extends ConnectionView {
  get module(): LightningModule | undefined {
    return this.parts.current.module;
  }
  get lightningModule(): LightningModule | undefined {
    return this.module;
  }
  get model(): LightningModule | undefined {
    return this.module;
  }
  get datamodule(): LightningDataModule | undefined {
    return this.parts.current.session?.datamodule;
  }
  get trainDataloader(): unknown {
    return this.parts.current.fit?.trainData.original;
  }
  get valDataloaders(): unknown {
    return this.parts.state.loaded.validate?.original;
  }
  get testDataloaders(): unknown {
    return this.parts.state.loaded.test?.original;
  }
  get predictDataloaders(): unknown {
    return this.parts.state.loaded.predict?.original;
  }
  get optimizers(): readonly LightningOptimizer[] {
    return this.parts.current.fit?.stepper.optimizers ?? [];
  }
  set optimizers(optimizers: readonly Optimizer[]) {
    replaceOptimizers(this.parts.current.fit, optimizers);
  }
  get lrSchedulerConfigs(): readonly ResolvedScheduler[] {
    return this.parts.current.fit?.optimizers.schedulers ?? [];
  }
  set lrSchedulerConfigs(configs: readonly LRSchedulerConfig[]) {
    replaceSchedulers(this.parts.current.fit, configs);
  }
  get valCheckBatch(): number | undefined {
    return this.parts.current.fit?.validation?.everyBatches;
  }
  get enableValidation(): boolean {
    return this.parts.current.fit?.validation !== undefined;
  }
  get hasValidation(): boolean {
    const { fit } = this.parts.current;
    return fit !== undefined && hasValidationBatches(fit);
  }
}
