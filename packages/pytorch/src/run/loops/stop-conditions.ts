import type { TrainerPlan } from "../../options/plan.js";
import type { FitSession } from "../session/fit-session.js";

/** Whether the minimum of epochs and steps is reached, so that a wish to stop counts. */
export function mayStopNow(session: FitSession): boolean {
  const { plan, state, messages } = session;
  const { epoch, globalStep } = state.cursor;
  const isAllowed = epoch >= plan.minEpochs && globalStep >= plan.minSteps;
  if (!isAllowed)
    messages.infoOnce("min", `A stop was asked for, but training goes on until ${minimum(plan)} reached.`);
  return isAllowed;
}

function minimum({ minEpochs, minSteps }: TrainerPlan): string {
  return minSteps === 0 ? `minEpochs ${minEpochs} is` : `minEpochs ${minEpochs} and minSteps ${minSteps} are`;
}

/** Why the fit is over, or undefined when it is not. */
export function reasonToStop(session: FitSession): string | undefined {
  const { state, trainData } = session;
  const { maxEpochs, maxSteps } = state;
  const { cutAfter, epoch, globalStep } = state.cursor;
  const areEpochsDone = maxEpochs !== -1 && epoch >= maxEpochs;
  if (trainData.totalCount === 0) return "there are no training batches";
  if (maxSteps !== -1 && globalStep >= maxSteps) return `maxSteps ${maxSteps} reached`;
  // A wish is the reason where it has cut the last epoch short, and not where all epochs are whole.
  if (areEpochsDone && cutAfter === null) return `maxEpochs ${maxEpochs} reached`;
  if (state.isStopping && mayStopNow(session)) return state.stopReason ?? "a hook asked to stop";
  return areEpochsDone ? `maxEpochs ${maxEpochs} reached` : undefined;
}
