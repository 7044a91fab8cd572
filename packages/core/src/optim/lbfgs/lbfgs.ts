import { refuseMore } from "../../errors/refuse-more.js";
import { type Tensor, type Variable, concat, reshape, tensor, zeros } from "@tensorflow/tfjs-core";
import { gradOf } from "../../autograd/gradients-of-variables.js";
import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { withoutRecording } from "../../tensor/engine-internals/tape.js";
import { item } from "../../tensor/item.js";
import { rememberForRollback } from "../../tensor/rollback.js";
import { tf } from "../../tensor/tf.js";
import { refusePromise } from "../../tree/refuse-promise.js";
import { checkNumber } from "../check-number.js";
import { applyOptions, readSavedGroups } from "../load-optimizer-state.js";
import { Optimizer } from "../optimizer.js";
import { type AnyOptimizerState, type OptimizerState, saveOptimizerState } from "../optimizer-state.js";
import type { ParamGroup, Params } from "../param-group.js";
import { completeOptions } from "../torch-only-options.js";
import { directionOf, type History, NO_HISTORY, withCurvature } from "./direction.js";
import { loadHistory, saveHistory } from "./history-state.js";
import { type LinePoint, strongWolfe } from "./strong-wolfe.js";
import { dot, largest, plus, sumOfMagnitudes, times } from "./vectors.js";

export interface LBFGSOptions {
  /** Length of a step along each direction; with a line search, where it begins. @default 1 */
  readonly lr?: number | undefined;
  /** Iterations of one step at most. @default 20 */
  readonly maxIter?: number | undefined;
  /** Evaluations of one step at most. @default a quarter more than `maxIter` */
  readonly maxEval?: number | undefined;
  /** A step ends where no element of the gradient is larger. @default 1e-7 */
  readonly toleranceGrad?: number | undefined;
  /** A step ends where neither the loss nor a parameter changes more. @default 1e-9 */
  readonly toleranceChange?: number | undefined;
  /** Iterations that are remembered. @default 100 */
  readonly historySize?: number | undefined;
  /** @default none: the step is `lr` long */
  readonly lineSearchFn?: "strong_wolfe" | null | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface LBFGSParamGroup extends ParamGroup {
  maxIter: number;
  maxEval: number;
  toleranceGrad: number;
  toleranceChange: number;
  historySize: number;
  lineSearchFn: "strong_wolfe" | null;
  maximize: boolean;
}

const NO_SEARCH: Pick<LBFGSParamGroup, "lineSearchFn"> = { lineSearchFn: null };
const DEFAULTS = {
  ...{ lr: 1, maxIter: 20, toleranceGrad: 1e-7, toleranceChange: 1e-9, historySize: 100 },
  ...{ ...NO_SEARCH, maximize: false },
};

/** Where the search is: parameters as one vector, and loss and gradient there. */
interface Place {
  readonly values: Float32Array;
  readonly loss: number;
  readonly grad: Float32Array;
}

/** Yields whenever loss and gradients are wanted; to be gone on with the loss. */
type Evaluations<TResult> = Generator<undefined, TResult, Tensor>;

/**
 * L-BFGS (Liu and Nocedal, 1989), formula and defaults of torch 2.x `LBFGS`, for full batches. `step(closure)` calls
 * the closure, which computes loss and gradients, as often as it asks. Directions are computed on the host in float64,
 * and every evaluation reads the loss and the gradients. A step that throws leaves parameters and history as they were.
 * @example
 * ```ts
 * import { backward, F, nn, optim, tensorScope, tf } from "@lightning-ts/core";
 * const model = new nn.Linear(1, 1);
 * const optimizer = new optim.LBFGS(model.parameters(), { lineSearchFn: "strong_wolfe" });
 * const scope = tensorScope();
 * const [x, y] = [tf.tensor2d([[0], [1]]), tf.tensor2d([[1], [3]])];
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const loss = F.mseLoss(model.forward(x), y);
 *   backward(loss);
 *   return loss;
 * });
 * scope.close();
 * model.weight.print(); // 2
 * ```
 */
export class LBFGS extends Optimizer<LBFGSParamGroup, LBFGSOptions> {
  static override readonly stateName = "LBFGS";

  #history: History = NO_HISTORY;

  constructor(params: Params<LBFGSOptions>, options: LBFGSOptions = {}, ...more: readonly never[]) {
    const { maxIter = DEFAULTS.maxIter } = options;
    const defaults = { ...DEFAULTS, maxEval: Math.floor((maxIter * 5) / 4) };
    super(params, completeOptions("LBFGS", options, defaults, []));
    refuseMore("LBFGS", more);
  }

  override get needsClosure(): boolean {
    return true;
  }

  override step(closure?: () => Tensor | void): Tensor {
    let first: Tensor | undefined;
    const evaluations = this.evaluations();
    try {
      for (let turn = evaluations.next(); turn.done !== true;) {
        const loss = lossOf(refusePromise(closure?.(), "The closure of LBFGS.step"));
        first ??= loss;
        turn = evaluations.next(loss);
      }
    } finally {
      evaluations.return();
    }
    return lossOf(first);
  }

  /**
   * One step as a generator, for loops whose closures have to be waited for: it yields whenever gradients are wanted,
   * and is gone on with the loss, whose gradients the parameters have by then. Close it with `return()`.
   */
  *evaluations(): Evaluations<void> {
    const [group] = this.paramGroups;
    if (group === undefined) return;
    // Parameters of lazy layers have values once the closure has run the model.
    const first = yield* evaluate(group);
    const start = { values: readVector(group.params), ...first };
    let isDone = false;
    try {
      const history = yield* this.#iterate(group, start);
      rememberForRollback(this, () => {
        const before = this.#history;
        return () => (this.#history = before);
      });
      this.#history = history;
      commit(group.params);
      isDone = true;
    } finally {
      if (!isDone) writeVector(group.params, start.values);
    }
  }

  override stateDict(): OptimizerState {
    const saved = saveOptimizerState(this.paramGroups, this.state, []);
    return this.#history === NO_HISTORY ? saved : { ...saved, state: { 0: saveHistory(this.#history) } };
  }

  override loadStateDict(state: AnyOptimizerState): void {
    const options = readSavedGroups(state, this.paramGroups);
    const size = this.paramGroups.flatMap(({ params }) => params).reduce((sum, param) => sum + param.size, 0);
    this.#history = loadHistory(state.state, size);
    applyOptions(this.paramGroups, options);
  }

  protected override completeGroup(group: LBFGSParamGroup): LBFGSParamGroup {
    if (this.paramGroups.length > 0)
      throw new MisconfigurationError({
        message: "LBFGS takes one group of parameters.",
        expected: "a list of parameters",
        received: "several groups",
      });
    for (const name of ["lr", "maxIter", "maxEval", "toleranceGrad", "toleranceChange", "historySize"] as const)
      checkNumber("LBFGS", name, group[name]);
    if (group.lineSearchFn !== null && group.lineSearchFn !== "strong_wolfe")
      throw new MisconfigurationError({
        message: "LBFGS does not know this lineSearchFn.",
        expected: '"strong_wolfe", or none',
        received: describeValue(group.lineSearchFn),
      });
    return group;
  }

  protected override updateGroup(): void {}

  *#iterate(group: LBFGSParamGroup, start: Place): Evaluations<History> {
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn } = group;
    let history = { ...this.#history, evaluations: this.#history.evaluations + 1 };
    let place = start;
    let evaluations = 1;
    for (let iteration = 1; iteration <= maxIter && !(largest(place.grad) <= toleranceGrad); iteration += 1) {
      const isFirst = history.iterations === 0;
      history = { ...withCurvature(history, place.grad, historySize), iterations: history.iterations + 1 };
      const direction = directionOf(history, place.grad);
      let step = isFirst ? Math.min(1, 1 / sumOfMagnitudes(place.grad)) * lr : lr;
      const slope = dot(place.grad, direction);
      const from = place;
      history = { ...history, last: { direction, step, grad: from.grad, loss: from.loss } };
      if (slope > -toleranceChange) break;
      if (lineSearchFn === null) {
        const values = plus(from.values, step, direction);
        writeVector(group.params, values);
        if (iteration === maxIter) break;
        place = { values, ...(yield* evaluate(group)) };
        evaluations += 1;
      } else {
        const found = yield* searchLine(group, { from, direction, slope, step, limit: maxEval - evaluations });
        ({ place, step } = found);
        evaluations += found.evaluations;
      }
      history = {
        ...history,
        evaluations: this.#history.evaluations + evaluations,
        last: { direction, step, grad: from.grad, loss: from.loss },
      };
      const isStill =
        largest(times(direction, step)) <= toleranceChange || Math.abs(place.loss - from.loss) < toleranceChange;
      if (iteration === maxIter || evaluations >= maxEval || isStill) break;
    }
    return history;
  }
}

interface Line {
  readonly from: Place;
  readonly direction: Float32Array;
  readonly slope: number;
  /** The first length. */
  readonly step: number;
  readonly limit: number;
}

/** Goes to where the line search ends. */
function* searchLine(
  group: LBFGSParamGroup,
  { from, direction, slope, step, limit }: Line,
): Evaluations<{ place: Place; step: number; evaluations: number }> {
  const start: LinePoint = { step: 0, loss: from.loss, grad: from.grad, slope };
  const search = strongWolfe({ start, firstStep: step, scale: largest(direction), limit });
  let evaluations = 0;
  let turn = search.next();
  while (turn.done !== true) {
    const at: number = turn.value;
    const values = plus(from.values, at, direction);
    writeVector(group.params, values);
    const { loss, grad } = yield* evaluate(group);
    evaluations += 1;
    turn = search.next({ step: at, loss, grad, slope: dot(grad, direction) });
  }
  const { step: found, loss, grad } = turn.value;
  const values = plus(from.values, found, direction);
  writeVector(group.params, values);
  return { place: { values, loss, grad }, step: found, evaluations };
}

/** Loss and gradient where the parameters are. */
function* evaluate({ params, maximize }: LBFGSParamGroup): Evaluations<Omit<Place, "values">> {
  const loss = item(yield undefined);
  const grad = readVector(params.map((param) => gradOf(param) ?? zeros(param.shape)));
  return maximize ? { loss: -loss, grad: times(grad, -1) } : { loss, grad };
}

/** All elements of all tensors, in one read. */
function readVector(tensors: readonly Tensor[]): Float32Array {
  return withoutRecording(() =>
    tf.tidy(() => Float32Array.from(concat(tensors.map((one) => reshape(one, [one.size]))).dataSync())),
  );
}

/** Reads something computed: from here on no failed step takes parameters and history back. */
function commit(params: readonly Variable[]): void {
  const [first] = params;
  if (first !== undefined) withoutRecording(() => tf.tidy(() => item(tf.sum(first))));
}

function writeVector(params: readonly Variable[], values: Float32Array): void {
  let begin = 0;
  for (const param of params) {
    const value = tensor(values.slice(begin, begin + param.size), param.shape);
    begin += param.size;
    param.assign(value);
    value.dispose();
  }
}

function lossOf(value: Tensor | void): Tensor {
  if (value !== undefined && value.size === 1) return value;
  throw new MisconfigurationError({
    message: "LBFGS asks for the loss several times a step.",
    expected: "step(closure), with a closure that computes the gradients and returns the loss, a tensor of one element",
    received: describeValue(value),
    tryThis: "optimizer.step(() => { optimizer.zeroGrad(); const loss = …; backward(loss); return loss; }).",
  });
}
