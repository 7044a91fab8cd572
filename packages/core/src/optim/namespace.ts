/** What `optim` holds, under PyTorch's names. */
import * as lrScheduler from "./lr-scheduler/namespace.js";
import * as swaUtils from "./swa-utils/namespace.js";

export { Adafactor, type AdafactorOptions, type AdafactorParamGroup } from "./adafactor.js";
export { Adadelta, type AdadeltaOptions, type AdadeltaParamGroup } from "./adadelta.js";
export { Adagrad, type AdagradOptions, type AdagradParamGroup } from "./adagrad.js";
export { Adam, AdamW, type AdamOptions, type AdamParamGroup, type AdamWOptions } from "./adam.js";
export { Adamax, type AdamaxOptions, type AdamaxParamGroup } from "./adamax.js";
export { ASGD, type ASGDOptions, type ASGDParamGroup } from "./asgd.js";
export { LBFGS, type LBFGSOptions, type LBFGSParamGroup } from "./lbfgs/lbfgs.js";
export { Muon, type MuonOptions, type MuonParamGroup, type MuonRate } from "./muon.js";
export { NAdam, type NAdamOptions, type NAdamParamGroup } from "./nadam.js";
export { Optimizer } from "./optimizer.js";
export type {
  AnyOptimizerState,
  EarlierOptimizerState,
  OptimizerState,
  OptimizerStateEntries,
  OptimizerStateValue,
  SavedParamGroup,
} from "./optimizer-state.js";
export type { CommonGroupOptions, NamedOrPlain, ParamGroup, ParamGroupOptions, Params } from "./param-group.js";
export { RAdam, type RAdamOptions, type RAdamParamGroup } from "./radam.js";
export { RMSprop, type RMSpropOptions, type RMSpropParamGroup } from "./rmsprop.js";
export { Rprop, type RpropOptions, type RpropParamGroup } from "./rprop.js";
export { SGD, type SGDOptions, type SGDParamGroup } from "./sgd.js";
export { SparseAdam, type SparseAdamOptions, type SparseAdamParamGroup } from "./sparse-adam.js";
export type { TorchOnlyOptions } from "./torch-only-options.js";
export { lrScheduler, swaUtils };
