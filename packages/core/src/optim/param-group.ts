import type { Variable } from "@tensorflow/tfjs-core";

/** Parameters that share their options. Options may be changed between steps: `optimizer.paramGroups[0].lr = 0.01`. */
export interface ParamGroup {
  params: Variable[];
  /** Names of the parameters, where they were given with names. */
  paramNames?: readonly string[];
  /** For whoever shows the options of each group. */
  name?: string;
  lr: number;
  /** What schedulers count from; they set it. */
  initialLr?: number;
  /** What `SWALR` ends at; it sets it. */
  swaLr?: number;
  momentum?: number;
  betas?: readonly [number, number];
  /** Bounds of a cycle of momenta; the schedulers that cycle set them. */
  baseMomentum?: number;
  maxMomentum?: number;
}

/** Parameters, or pairs of a name and a parameter such as `model.namedParameters()` gives. */
export type NamedOrPlain = Iterable<Variable> | Iterable<readonly [name: string, param: Variable]>;

/** Options of a group that every optimizer has. */
export interface CommonGroupOptions {
  readonly lr?: number | undefined;
}

/** A group as it is given to an optimizer; options that are left out take the optimizer's. */
export type ParamGroupOptions<TOptions> = TOptions & {
  readonly params: NamedOrPlain;
  readonly name?: string | undefined;
  /** The rate that a schedule began with, for schedulers that go on with `lastEpoch`. */
  readonly initialLr?: number | undefined;
};

/** What an optimizer optimizes: parameters, with names or without, or groups of them with their own options. */
export type Params<TOptions> = NamedOrPlain | readonly ParamGroupOptions<TOptions>[];
