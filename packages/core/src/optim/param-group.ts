import type { Variable } from "@tensorflow/tfjs-core";

/** Parameters that share their options. Options may be changed between steps: `optimizer.paramGroups[0].lr = 0.01`. */
export interface ParamGroup {
  params: Variable[];
  /** For whoever shows the options of each group. */
  name?: string;
  lr: number;
  /** What schedulers count from; they set it. */
  initialLr?: number;
  momentum?: number;
  betas?: readonly [number, number];
}

/** A group as it is given to an optimizer; options that are left out take the optimizer's. */
export type ParamGroupOptions<TOptions> = TOptions & {
  readonly params: Iterable<Variable>;
  readonly name?: string | undefined;
};

/** What an optimizer optimizes: parameters, or groups of them with their own options. */
export type Params<TOptions> = Iterable<Variable> | readonly ParamGroupOptions<TOptions>[];
