import { gradOf, MisconfigurationError, type Optimizer, isPromiseLike, refusePromise } from "@lightning-ts/core";
import { LightningModule } from "../../contract/lightning-module.js";
import { lightningOptimizer, type LightningOptimizer, type OptimizerHost } from "../../words/lightning-optimizer.js";
import type { Session } from "../session/session.js";
import type { Variable } from "@tensorflow/tfjs-core";
import { wait, waitForUser, type Steps } from "../../door/steps.js";

/** Steps the optimizers of a fit. */
export class OptimizerStepper implements OptimizerHost {
  readonly optimizers: readonly LightningOptimizer[];
  readonly #session: Session;
  readonly #clipsGradients: boolean;
  readonly #toggled = new Map<LightningOptimizer, Map<Variable, boolean>>();
  /** What is under way, in case an overridden `optimizerStep` does not wait for it. */
  pending: Promise<void> | undefined;

  constructor(session: Session, optimizers: readonly Optimizer[]) {
    const { module, plan } = session;
    this.#session = session;
    this.optimizers = optimizers.map((optimizer) => lightningOptimizer(optimizer, this));
    const overrides = module.configureGradientClipping !== LightningModule.prototype.configureGradientClipping;
    this.#clipsGradients = module.automaticOptimization && (plan.gradientClipping !== undefined || overrides);
  }

  /** One step: the closure, which computes loss and gradients, then hooks, clipping, update and counting. */
  *take(optimizer: LightningOptimizer, closure: () => Steps<unknown>): Steps<void> {
    const { connection, door, hooks, module, plan, state } = this.#session;
    const { precision, strategy } = connection;
    yield* closure();
    yield* wait(strategy.gradientsReady());
    precision.unscaleGradients(optimizer.optimizer);
    yield* hooks.run("onBeforeOptimizerStep", optimizer);
    if (this.#clipsGradients) {
      const { value, algorithm } = plan.gradientClipping ?? {};
      yield* door.call(module, "configureGradientClipping", optimizer, value, algorithm);
    }
    refusePromise(strategy.optimizerStep(optimizer.optimizer), `${optimizer.optimizer.constructor.name}.step`);
    state.move({ type: "stepped" });
  }

  /** `take`, for the user's code: `optimizer.step(closure)`. */
  step(optimizer: LightningOptimizer, closure?: () => unknown): void | Promise<void> {
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
  clip(optimizer: LightningOptimizer, value: number | undefined, algorithm: "norm" | "value" | undefined): void {
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
