/** What `optim.lrScheduler` holds. */
export { CosineAnnealingLR, type CosineAnnealingLROptions } from "./cosine-annealing-lr.js";
export { ExponentialLR, type ExponentialLROptions } from "./exponential-lr.js";
export { LambdaLR, type LambdaLROptions } from "./lambda-lr.js";
export { ConstantLR, LinearLR, type ConstantLROptions, type LinearLROptions } from "./linear-lr.js";
export { LRScheduler, type LRSchedulerState, type Schedule, type ScheduleMoment } from "./lr-scheduler.js";
export { OneCycleLR, type OneCycleLROptions } from "./one-cycle-lr.js";
export {
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  type ReduceLROnPlateauState,
} from "./reduce-lr-on-plateau.js";
export { SequentialLR, type SequentialLROptions, type SequentialLRState } from "./sequential-lr.js";
export { MultiStepLR, StepLR, type MultiStepLROptions, type StepLROptions } from "./step-lr.js";
