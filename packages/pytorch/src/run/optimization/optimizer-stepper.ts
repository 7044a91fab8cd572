import { gradOf, MisconfigurationError, type Optimizer } from "@lightning-ts/core";
import { LightningModule } from "../../contract/lightning-module.js";
import { LightningOptimizer, type OptimizerHost } from "../../words/lightning-optimizer.js";
import type { Session } from "../session/session.js";
import type { Variable } from "@tensorflow/tfjs-core";
import { runSteps } from "../door/run-steps.js";

/**
 * Steps optimizers: closure, hooks, clipping, update, counting. One object for all steps of a fit, so that a step
 * allocates nothing.
 */
export class OptimizerStepper implements OptimizerHost {
  readonly optimizers: readonly LightningOptimizer[];
  readonly #session: Session;
  readonly #steps: readonly (() => unknown)[];
  readonly #toggled = new Map<LightningOptimizer, Map<Variable, boolean>>();
  #optimizer: LightningOptimizer | undefined;
  #closure: (() => unknown) | undefined;
  /** What is under way, in case an overridden `optimizerStep` does not wait for it. */
  pending: Promise<void> | undefined;

  constructor(session: Session, optimizers: readonly Optimizer[]) {
    this.#session = session;
    this.optimizers = optimizers.map((optimizer) => new LightningOptimizer(optimizer, this));
    const clips = session.module.automaticOptimization && this.#clipsGradients();
    this.#steps = [
      () => this.#closure?.(),
      () => session.connection.strategy.gradientsReady(),
      () => this.#beforeStep(),
      ...(clips ? [() => this.#clip()] : []),
      () => this.#update(),
    ];
  }

  step(optimizer: LightningOptimizer, closure?: () => unknown): void | Promise<void> {
    this.#optimizer = optimizer;
    this.#closure = closure;
    const pending = runSteps(this.#steps);
    this.pending = pending instanceof Promise ? pending : undefined;
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

  #clipsGradients(): boolean {
    const { module, plan } = this.#session;
    return (
      plan.gradientClipping !== undefined ||
      module.configureGradientClipping !== LightningModule.prototype.configureGradientClipping
    );
  }

  #beforeStep(): void | Promise<void> {
    const optimizer = this.#optimizer;
    if (optimizer === undefined) return;
    this.#session.connection.precision.unscaleGradients(optimizer.optimizer);
    const { hooks } = this.#session;
    if (hooks.table.onBeforeOptimizerStep.length > 0) return hooks.run("onBeforeOptimizerStep", optimizer);
  }

  #clip(): void {
    const { hooks, module, plan } = this.#session;
    if (this.#optimizer === undefined) return;
    const outer = hooks.current;
    hooks.current = "configureGradientClipping";
    try {
      module.configureGradientClipping(this.#optimizer, plan.gradientClipping?.value, plan.gradientClipping?.algorithm);
    } catch (error) {
      throw hooks.failure(`${module.constructor.name}.configureGradientClipping`, error);
    } finally {
      hooks.current = outer;
    }
  }

  #update(): void {
    const { connection, state } = this.#session;
    const optimizer = this.#optimizer?.optimizer;
    if (optimizer !== undefined) connection.strategy.optimizerStep(optimizer);
    state.move({ type: "stepped" });
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
