/**
 * Attributes of the optimizers' updates. Numbers are runtime numbers, computed on the host in float64; booleans, and
 * whether weightDecay is 0, are structural.
 */
interface UpdateAttributes {
  /** L2 penalty, or with a decoupled decay what `1 - lr * weightDecay` is made of. */
  readonly weightDecay: number;
  readonly maximize: boolean;
}

export interface RmspropAttributes extends UpdateAttributes {
  readonly lr: number;
  readonly alpha: number;
  readonly eps: number;
  /** Whether it is above 0 is structural. */
  readonly momentum: number;
  readonly centered: boolean;
}

export interface AdagradAttributes extends UpdateAttributes {
  /** `lr / (1 + (step - 1) * lrDecay)`, step counted from 1. */
  readonly rate: number;
  readonly eps: number;
}

export interface AdadeltaAttributes extends UpdateAttributes {
  readonly lr: number;
  readonly rho: number;
  readonly eps: number;
}

export interface NadamAttributes extends UpdateAttributes {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly decoupledWeightDecay: boolean;
  /** `1 - beta2 ** step`, step counted from 1. */
  readonly biasCorrection2: number;
  /** What the gradient and the new mean count in the step: `lr (1 - µ) / (1 - Πµ)` and `lr µ' / (1 - Πµ µ')`. */
  readonly gradientRate: number;
  readonly meanRate: number;
}

export interface RadamAttributes extends UpdateAttributes {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly decoupledWeightDecay: boolean;
  /** Whether the step is divided by the root of the mean square. */
  readonly isRectified: boolean;
  /** Factor of the mean: `lr / biasCorrection1`, times `√biasCorrection2` and the rectification where rectified. */
  readonly rate: number;
}

export interface AdamaxAttributes extends UpdateAttributes {
  /** `lr / (1 - beta1 ** step)`, step counted from 1. */
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
}

export interface AsgdAttributes extends UpdateAttributes {
  readonly eta: number;
  readonly lambd: number;
  /** Share of the new parameter in the average; whether it is 1 (a copy) is structural. */
  readonly mu: number;
}

export interface RpropAttributes {
  readonly etaMinus: number;
  readonly etaPlus: number;
  readonly stepSizeMin: number;
  readonly stepSizeMax: number;
  readonly maximize: boolean;
}
