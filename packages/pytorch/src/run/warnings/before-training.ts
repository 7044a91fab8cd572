import { classNameOf } from "@lightning-ts/core";
import type { FitSession } from "../session/fit-session.js";

const MOST_NAMED = 5;

/** Warns of modules that are in evaluation mode when training starts: nothing puts them into training mode. */
export function warnOfEvaluationMode({ module, warnings }: FitSession): void {
  const inEvaluation = module.namedModules().filter(([, child]) => !child.training);
  if (inEvaluation.length === 0) return;
  const named = inEvaluation.slice(0, MOST_NAMED).map(([name]) => (name === "" ? classNameOf(module) : name));
  const rest = inEvaluation.length > MOST_NAMED ? ` and ${inEvaluation.length - MOST_NAMED} more` : "";
  warnings.warn(
    "evaluation mode",
    `Training starts with modules in evaluation mode: ${named.join(", ")}${rest}. Their dropout is off and their batch statistics stay. Call model.train() before fit, unless you froze them on purpose.`,
  );
}

/** Warns where an epoch is over before a row of metrics is due. */
export function warnOfRareRows({ logging, plan, state, trainData, warnings }: FitSession): void {
  const steps = Math.ceil(trainData.totalCount / state.accumulateGradBatches);
  if (logging.loggers.isEmpty || plan.fastDevRun > 0 || steps === 0 || steps >= plan.logEveryNSteps) return;
  warnings.warn(
    "rare rows",
    `An epoch has ${steps} optimizer steps, fewer than logEveryNSteps: ${plan.logEveryNSteps}, so most epochs send no metrics of steps to the logger. Set logEveryNSteps to ${steps} or less to see them.`,
  );
}

/** Warns where `maxSteps` counts several optimizers together. */
export function warnOfSummedSteps({ optimizers, plan, state, warnings }: FitSession): void {
  const count = optimizers.optimizers.length;
  if (count < 2 || state.maxSteps === -1 || plan.fastDevRun > 0) return;
  warnings.warn(
    "summed steps",
    `maxSteps: ${state.maxSteps} counts the steps of all ${count} optimizers together: where each steps in every batch, training ends after ${Math.ceil(state.maxSteps / count)} batches. Multiply it by ${count} to count batches.`,
  );
}
