import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Collective, CollectiveWork } from "../../collectives/collective.js";
import type { GradientEntry } from "./buckets.js";
import type { GradientShare } from "./open-gradients.js";

/** Another way to reduce gradients than giving every rank the mean of all. */
export interface GradientReduction {
  /** @param unreduced parameters with gradients that the other ranks do not know yet */
  beforeBackward(parameters: readonly Variable[], unreduced: ReadonlySet<Variable>): void;
  /** @param unreduced the same, with those that the backward has changed */
  afterBackward(unreduced: ReadonlySet<Variable>): void;
  /**
   * The caller waits for each work before it asks for the next.
   * @param entries parameters that have a gradient on any rank, in the same order on all; null counts as zero
   * @param without what each call's name has to end with
   */
  reduce(collective: Collective, entries: readonly GradientEntry[], without: string): Generator<CollectiveWork, void>;
  /** What this rank has of a gradient, as `openGradientsOfRanks` asks for it. Changes nothing. */
  sharesOf(parameter: Variable, collective: Collective, isUnreduced: boolean): readonly GradientShare[];
  /** Takes gradients that are reduced already. */
  resume(gradients: ReadonlyMap<Variable, Tensor>, collective: Collective): void;
}
