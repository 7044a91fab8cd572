/** What `optim` holds, under PyTorch's names. */
import * as lrScheduler from "./lr-scheduler/namespace.js";

export { Adam, AdamW, type AdamOptions, type AdamParamGroup } from "./adam.js";
export { Optimizer } from "./optimizer.js";
export type { OptimizerState, OptimizerStateValue, SavedParamGroup } from "./optimizer-state.js";
export type { ParamGroup, ParamGroupOptions, Params } from "./param-group.js";
export { SGD, type SGDOptions, type SGDParamGroup } from "./sgd.js";
export { lrScheduler };
