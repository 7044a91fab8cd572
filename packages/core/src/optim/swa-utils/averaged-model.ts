import { refuseMore } from "../../errors/refuse-more.js";
import type { Variable } from "@tensorflow/tfjs-core";
import { Buffer } from "../../autograd/parameter.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { Module } from "../../nn/module.js";
import { noGrad } from "../../tensor/recording.js";
import { rememberForRollback } from "../../tensor/rollback.js";
import { tf } from "../../tensor/tf.js";
import { isPromiseLike } from "../../tree/is-promise-like.js";
import { CopiedTensors } from "./copied-tensors.js";
import { type AvgFn, forLists, getSwaMultiAvgFn, type MultiAvgFn } from "./averaging.js";

export interface AveragedModelOptions {
  /** How a tensor is averaged. @default the mean of all models */
  readonly avgFn?: AvgFn | undefined;
  /** How all tensors are averaged; instead of `avgFn`. */
  readonly multiAvgFn?: MultiAvgFn | undefined;
  /** Average buffers too, instead of taking over the last model's. @default false */
  readonly useBuffers?: boolean | undefined;
}

interface Runnable<TInputs extends readonly unknown[], TResult> extends Module {
  forward(...inputs: TInputs): TResult;
}

/**
 * Averages of a model's parameters, under the state-dict keys of torch 2.x `AveragedModel` (`module.…`, `n_averaged`).
 * It has no copy of the model's code: `forward` puts the averages into the model, runs it, and gives the model its own
 * values back, so it is not to be called between a forward and its backward.
 * @example
 * ```ts
 * import { nn, optim, tf } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const average = new optim.swaUtils.AveragedModel(model, { multiAvgFn: optim.swaUtils.getEmaMultiAvgFn(0.99) });
 * average.updateParameters(model); // after each step
 * console.log(average.eval().forward(tf.ones([2, 4])).shape); // [2, 1]
 * ```
 */
export class AveragedModel<TInputs extends readonly unknown[], TResult> extends Module {
  /** The averages, under the names that the model has for its own. */
  readonly module: Module;
  readonly nAveraged: Buffer;
  readonly #source: Runnable<TInputs, TResult>;
  readonly #average: MultiAvgFn;
  readonly #useBuffers: boolean;

  constructor(model: Runnable<TInputs, TResult>, options: AveragedModelOptions = {}, ...more: readonly never[]) {
    super();
    rejectUnknownOptions("AveragedModel", options, ["avgFn", "multiAvgFn", "useBuffers"]);
    refuseMore("AveragedModel", more);
    const { avgFn, multiAvgFn, useBuffers = false } = options;
    if (avgFn !== undefined && multiAvgFn !== undefined)
      throw new MisconfigurationError({
        message: "AveragedModel averages in one way only.",
        expected: "avgFn or multiAvgFn",
        received: "both",
      });
    this.nAveraged = this.registerBuffer("n_averaged", Buffer.fromData([0], [], "int32"));
    this.module = new CopiedTensors(model);
    this.#source = model;
    this.#average = multiAvgFn ?? (avgFn === undefined ? getSwaMultiAvgFn() : forLists(avgFn));
    this.#useBuffers = useBuffers;
    this.training = model.training;
  }

  /** The model that lends its code. */
  get source(): Module {
    return this.#source;
  }

  /** What the model computes with the averages. What it does to its buffers is done to the averages' here. */
  override forward(...inputs: TInputs): TResult {
    return this.inPlace(() => {
      const result = this.#source.forward(...inputs);
      if (isPromiseLike(result))
        throw new MisconfigurationError({
          message: "AveragedModel cannot wait for a forward.",
          tryThis: "a forward that returns tensors, not a promise.",
        });
      return result;
    });
  }

  /** Takes the parameters of a model into the averages; the first time they are copied. */
  updateParameters(model: Module): void {
    const parameters = pairUp(this.module.parameters(), model.parameters());
    const buffers = pairUp(this.module.buffers(), model.buffers());
    const averaged = this.#useBuffers ? [...parameters, ...buffers] : parameters;
    const count = Number((this.nAveraged.hostValues() ?? this.nAveraged.dataSync())[0] ?? 0);
    noGrad(() => {
      if (count === 0) averaged.forEach(copyInto);
      else this.#take(averaged, count);
      if (!this.#useBuffers) buffers.forEach(copyInto);
    });
    rememberForRollback(this.nAveraged, () => () => this.nAveraged.setData([count]));
    this.nAveraged.setData([count + 1]);
  }

  /** Runs `body` with the averages in the model, and with this module's mode of training. */
  inPlace<TOutcome>(body: () => TOutcome): TOutcome {
    const source = this.#source;
    const pairs = pairUp(
      [...this.module.parameters(), ...this.module.buffers()],
      [...source.parameters(), ...source.buffers()],
    );
    const modes = source.modules().map((module) => [module, module.training] as const);
    const before = noGrad(() => pairs.map(([, theirs]) => tf.clone(theirs)));
    for (const [module] of modes) module.training = this.training;
    for (const [own, theirs] of pairs) theirs.assign(own);
    try {
      return body();
    } finally {
      for (const [i, [own, theirs]] of pairs.entries()) {
        if (own instanceof Buffer) own.assign(theirs);
        const value = before[i];
        if (value !== undefined) theirs.assign(value);
        value?.dispose();
      }
      for (const [module, mode] of modes) module.training = mode;
    }
  }

  #take(pairs: readonly Pair[], count: number): void {
    const values = tf.tidy(() => {
      const floats = (which: 0 | 1) => pairs.map((pair) => tf.cast(pair[which], "float32"));
      const averages = this.#average(floats(0), floats(1), count);
      return averages.map((value, i) => tf.cast(value, pairs[i]?.[0].dtype ?? "float32"));
    });
    for (const [i, [own]] of pairs.entries()) {
      const value = values[i];
      if (value !== undefined) own.assign(value);
      value?.dispose();
    }
  }
}

type Pair = readonly [own: Variable, theirs: Variable];

function pairUp(own: readonly Variable[], others: readonly Variable[]): Pair[] {
  const pairs = own.flatMap((one, i): Pair[] => {
    const other = others[i];
    return other === undefined ? [] : [[one, other]];
  });
  if (pairs.length !== Math.max(own.length, others.length))
    throw new MisconfigurationError({
      message: "AveragedModel got another model.",
      expected: `${own.length} parameters or buffers`,
      received: `${others.length}`,
    });
  return pairs;
}

function copyInto([own, theirs]: Pair): void {
  own.assign(theirs);
}
