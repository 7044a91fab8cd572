import {
  classNameOf,
  describeValue,
  gradOf,
  MisconfigurationError,
  optim,
  type Optimizer,
  isPromiseLike,
  refusePromise,
} from "@lightning-ts/core";
import { LightningModule } from "../../contract/lightning-module.js";
import { lightningOptimizer, type LightningOptimizer, type OptimizerHost } from "../../words/lightning-optimizer.js";
import { OPTIMIZER_STEP } from "../../profilers/actions.js";
import { timed } from "../hooks/timed.js";
import type { Session } from "../session/session.js";
import { Tensor, type Variable } from "@tensorflow/tfjs-core";
import { wait, waitForUser, type Steps } from "../../door/steps.js";
import type { ClippingAlgorithm } from "../../words/clipping.js";

/** Steps the optimizers of a fit. */
export class OptimizerStepper implements OptimizerHost {
  optimizers: readonly LightningOptimizer[];
  readonly #session: Session;
  readonly #clipsGradients: boolean;
  readonly #toggled = new Map<LightningOptimizer, Map<Variable, boolean>>();
  /** Gradients with which an optimizer has stepped, where `trainingStep` steps by itself. */
  readonly #stepped = new WeakMap<Variable, Tensor>();
  /** What is under way, in case an overridden `optimizerStep` does not wait for it. */
  pending: Promise<void> | undefined;

  constructor(session: Session, optimizers: readonly Optimizer[]) {
    const { module, plan } = session;
    this.#session = session;
    this.optimizers = optimizers.map((optimizer) => lightningOptimizer(optimizer, this));
    const { configureGradientClipping, clipGradients } = LightningModule.prototype;
    const overrides =
      module.configureGradientClipping !== configureGradientClipping || module.clipGradients !== clipGradients;
    this.#clipsGradients = module.automaticOptimization && (plan.gradientClipping !== undefined || overrides);
  }

  replace(optimizers: readonly Optimizer[]): void {
    const before = new Map(this.optimizers.map((handed) => [handed.optimizer, handed]));
    this.optimizers = optimizers.map((optimizer) => before.get(optimizer) ?? lightningOptimizer(optimizer, this));
  }

  /** One step: the closure, which computes loss and gradients, then hooks, clipping, update and counting. */
  *take(optimizer: LightningOptimizer, closure: () => Steps<unknown>): Steps<void> {
    const { connection, module, state } = this.#session;
    if (optimizer.optimizer instanceof optim.LBFGS) yield* this.#search(optimizer, optimizer.optimizer, closure);
    else {
      yield* this.#evaluate(optimizer, closure);
      const { optimizer: own } = optimizer;
      const update = () => wait(refusePromise(connection.strategy.optimizerStep(own), `${classNameOf(own)}.step`));
      yield* timed(this.#session, OPTIMIZER_STEP, "update", update);
    }
    if (!module.automaticOptimization) this.#noteGradients(optimizer);
    state.move({ type: "stepped" });
  }

  #noteGradients(optimizer: LightningOptimizer): void {
    for (const parameter of parametersOf(optimizer.optimizer)) {
      const gradient = gradOf(parameter);
      if (gradient !== null) this.#stepped.set(parameter, gradient);
    }
  }

  /** Where `trainingStep` steps by itself: whether a parameter has a gradient that no step has used yet. */
  isOpen(parameter: Variable): boolean {
    const gradient = gradOf(parameter);
    return gradient !== null && gradient !== this.#stepped.get(parameter);
  }

  /** A step of LBFGS, whose closure may have to be waited for: it is evaluated as often as LBFGS asks. */
  *#search(optimizer: LightningOptimizer, lbfgs: optim.LBFGS, closure: () => Steps<unknown>): Steps<void> {
    requireWholeBatches(this.#session);
    const { strategy } = this.#session.connection;
    const evaluations = lbfgs.evaluations();
    try {
      for (let turn = evaluations.next(); turn.done !== true;) {
        const loss = lossFor(lbfgs, yield* this.#evaluate(optimizer, closure));
        // The search looks at the loss: with their own, ranks would evaluate it a different number of times.
        turn = evaluations.next(
          strategy.worldSize === 1 ? loss : yield* wait(strategy.reduce(loss, "mean", "loss of LBFGS")),
        );
      }
    } finally {
      evaluations.return();
    }
  }

  /** The closure, and what has to be done to the gradients before an update. @returns what the closure returned */
  *#evaluate(optimizer: LightningOptimizer, closure: () => Steps<unknown>): Steps<unknown> {
    const { connection, door, hooks, module, plan } = this.#session;
    const { strategy } = connection;
    const result = yield* closure();
    yield* wait(strategy.gradientsReady());
    strategy.unscaleGradients(optimizer.optimizer);
    yield* hooks.run("onBeforeOptimizerStep", optimizer);
    if (this.#clipsGradients) {
      const { value, algorithm } = plan.gradientClipping ?? {};
      yield* door.call(module, "configureGradientClipping", optimizer, value, algorithm);
    }
    return result;
  }

  /** `take`, for the user's code: `optimizer.step(closure)`. */
  step(optimizer: LightningOptimizer, closure?: () => unknown): void | Promise<void> {
    if (this.#session.state.skipsBackward) return undefined;
    const pending = this.#session.driver.run(this.take(optimizer, () => waitForUser(closure?.())));
    this.pending = isPromiseLike(pending) ? pending : undefined;
    return pending;
  }

  toggle(optimizer: LightningOptimizer): void {
    if (this.#toggled.has(optimizer)) return;
    const own = new Set(parametersOf(optimizer.optimizer));
    const flags = new Map<Variable, boolean>();
    for (const other of this.optimizers) {
      if (other === optimizer) continue;
      for (const parameter of parametersOf(other.optimizer)) {
        if (own.has(parameter) || flags.has(parameter)) continue;
        flags.set(parameter, parameter.trainable);
        parameter.trainable = false;
      }
    }
    this.#toggled.set(optimizer, flags);
  }

  untoggle(optimizer: LightningOptimizer): void {
    for (const [parameter, flag] of this.#toggled.get(optimizer) ?? []) parameter.trainable = flag;
    this.#toggled.delete(optimizer);
  }

  withoutSync<TResult>(body: () => TResult): TResult {
    const { connection, module } = this.#session;
    return connection.strategy.noBackwardSync(module, body);
  }

  /** Clips as the module asks, or as the Trainer was told. */
  clip(optimizer: LightningOptimizer, value: number | undefined, algorithm: ClippingAlgorithm | undefined): void {
    const { gradientClipping } = this.#session.plan;
    const wanted = value ?? gradientClipping?.value;
    const how = algorithm ?? gradientClipping?.algorithm ?? "norm";
    requireAgreement(gradientClipping, value, algorithm);
    if (wanted === undefined || wanted <= 0) return;
    const parameters = parametersOf(optimizer.optimizer).filter((parameter) => gradOf(parameter) !== null);
    const { strategy } = this.#session.connection;
    if (how === "norm") strategy.clipGradNorm(optimizer.optimizer, parameters, wanted, { errorIfNonfinite: false });
    else strategy.clipGradValue(optimizer.optimizer, parameters, wanted);
  }
}

/** The loss that an evaluation has to come with. */
function lossFor(optimizer: Optimizer, value: unknown): Tensor {
  if (value instanceof Tensor && value.size === 1) return value;
  throw new MisconfigurationError({
    code: "LIT_CLOSURE_LOSS",
    message: `${classNameOf(optimizer)} asks for the loss several times a step, and got none.`,
    expected: "a loss from trainingStep, or from the closure of optimizer.step(closure)",
    received: describeValue(value),
    tryThis: "no skipped batches with this optimizer, and a closure that returns the loss.",
  });
}

function requireWholeBatches({ module, state }: Session): void {
  if (!module.automaticOptimization || state.accumulateGradBatches === 1) return;
  throw new MisconfigurationError({
    code: "LIT_CLOSURE_LOSS",
    message: "LBFGS computes the loss of a batch several times, which gradients of earlier batches would spoil.",
    expected: "accumulateGradBatches of 1",
    received: String(state.accumulateGradBatches),
    tryThis: "a larger batchSize.",
  });
}

/** All parameters of an optimizer's groups. */
export function parametersOf(optimizer: Optimizer): Variable[] {
  return optimizer.paramGroups.flatMap((group) => [...group.params]);
}

function requireAgreement(
  flags: { readonly value: number; readonly algorithm: string } | undefined,
  value: number | undefined,
  algorithm: string | undefined,
): void {
  if (
    flags === undefined ||
    ((value ?? flags.value) === flags.value && (algorithm ?? flags.algorithm) === flags.algorithm)
  )
    return;
  throw new MisconfigurationError({
    code: "LIT_CLIP_DISAGREES",
    message: "clipGradients() and the Trainer clip differently.",
    expected: `gradientClipVal ${flags.value} and gradientClipAlgorithm "${flags.algorithm}", as the Trainer was told`,
    received: `${value} and ${algorithm}`,
    tryThis: "leave the Trainer's options out when the module clips by itself.",
  });
}
