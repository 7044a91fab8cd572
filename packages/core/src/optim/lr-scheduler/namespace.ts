/** What `optim.lrScheduler` holds. */
export { ChainedScheduler, type ChainedSchedulerOptions, type ChainedSchedulerState } from "./chained-scheduler.js";
export {
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
  type CosineAnnealingWarmRestartsState,
} from "./cosine-annealing-warm-restarts.js";
export { CyclicLR, type CyclicLROptions } from "./cyclic-lr.js";
export { PolynomialLR, type PolynomialLROptions } from "./polynomial-lr.js";
export { CosineAnnealingLR, type CosineAnnealingLROptions } from "./cosine-annealing-lr.js";
export { ExponentialLR, type ExponentialLROptions } from "./exponential-lr.js";
export { LambdaLR, MultiplicativeLR, type LambdaLROptions } from "./lambda-lr.js";
export { ConstantLR, LinearLR, type ConstantLROptions, type LinearLROptions } from "./linear-lr.js";
export {
  LRScheduler,
  type LRSchedulerState,
  type Schedule,
  type ScheduleMoment,
  type ScheduleSettings,
} from "./lr-scheduler.js";
export { OneCycleLR, type OneCycleLROptions } from "./one-cycle-lr.js";
export {
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  type ReduceLROnPlateauState,
} from "./reduce-lr-on-plateau.js";
export { SequentialLR, type SequentialLROptions, type SequentialLRState } from "./sequential-lr.js";
export { MultiStepLR, StepLR, type MultiStepLROptions, type StepLROptions } from "./step-lr.js";
