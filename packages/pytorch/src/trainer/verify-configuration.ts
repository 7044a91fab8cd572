import { classNameOf, MisconfigurationError } from "@lightning-ts/core";
import type { DataSources } from "../run/batches/data-sources.js";
import { missingForFit } from "../errors/not-defined.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { Messages } from "@lightning-ts/fabric";
import type { TrainerPlan } from "../options/plan.js";
import type { Stage } from "../words/stages.js";

export interface ConfigurationToVerify {
  readonly stage: Stage;
  readonly module: LightningModule;
  readonly sources: DataSources;
  readonly plan: TrainerPlan;
  readonly messages: Messages;
}

/** Looks, before anything runs, whether the module can do what is asked of it. @throws MisconfigurationError */
export function verifyConfiguration({ stage, module, sources, plan, messages }: ConfigurationToVerify): void {
  rejectRemovedHooks(module);
  const overrides = (
    name: "trainingStep" | "validationStep" | "testStep" | "predictStep" | "forward" | "configureOptimizers",
  ) => module[name] !== LightningModule.prototype[name];
  const name = classNameOf(module);
  if (stage === "fit") {
    if (!overrides("trainingStep")) throw missingForFit(module, "trainingStep");
    if (!overrides("configureOptimizers")) throw missingForFit(module, "configureOptimizers");
    if (!sources.has("train")) throw missingForFit(module, "trainDataloader");
    if (sources.has("validate") && !overrides("validationStep"))
      messages.warn("no validationStep", `${name} has validation data but no validationStep; validation is skipped.`);
    if (!sources.has("validate") && overrides("validationStep"))
      messages.warn(
        "no validation data",
        `${name} defines validationStep but there is no validation loader; validation is skipped.`,
      );
    if (!module.automaticOptimization) verifyManual(module, plan);
    return;
  }
  if (stage === "predict") {
    if (!overrides("predictStep") && !overrides("forward")) throw missing(module, "predictStep or forward", "predict");
  } else if (!overrides(stage === "validate" ? "validationStep" : "testStep"))
    throw missing(module, stage === "validate" ? "validationStep" : "testStep", stage);
  if (!sources.has(stage)) throw missing(module, `${stage === "validate" ? "val" : stage}Dataloader`, stage);
}

function missing(module: LightningModule, what: string, stage: Stage): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_NOT_DEFINED",
    message: `${classNameOf(module)} does not define ${what}, which trainer.${stage} needs.`,
    tryThis: what.endsWith("Dataloader") ? `pass a loader: trainer.${stage}(model, loader).` : `override ${what}.`,
  });
}

function verifyManual(module: LightningModule, plan: TrainerPlan): void {
  const name = classNameOf(module);
  if (plan.gradientClipping !== undefined) {
    throw new MisconfigurationError({
      code: "LIT_MANUAL_CLIPPING",
      message: `gradientClipVal does nothing in manual optimization, which ${name} uses.`,
      tryThis: "remove it and call this.clipGradients(optimizer, value), or use automatic optimization.",
    });
  }
  if (plan.accumulateGradBatches !== 1) {
    throw new MisconfigurationError({
      code: "LIT_MANUAL_ACCUMULATION",
      message: `accumulateGradBatches does nothing in manual optimization, which ${name} uses.`,
      tryThis: "remove it and step the optimizer every few batches, or use automatic optimization.",
    });
  }
}

const REMOVED = {
  trainingEpochEnd: "onTrainEpochEnd",
  validationEpochEnd: "onValidationEpochEnd",
  testEpochEnd: "onTestEpochEnd",
};

function rejectRemovedHooks(module: LightningModule): void {
  for (const [old, current] of Object.entries(REMOVED)) {
    if (!(old in module)) continue;
    throw new MisconfigurationError({
      code: "LIT_REMOVED_HOOK",
      message: `${classNameOf(module)} defines ${old}, which Lightning removed in 2.0.`,
      tryThis: `${current}, and collect what you need from the steps in a field of the module.`,
    });
  }
}
