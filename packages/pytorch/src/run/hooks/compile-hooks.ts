import { Callback } from "../../contract/callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import type { CallbackHooks, ModuleHookName, ModuleHooks } from "../../contract/callback-hooks.js";
import type { HookArguments, HookName } from "../../words/hook-arguments.js";

/** One implementation of a hook, bound to what it is called with. */
export interface CompiledHook<TName extends HookName> {
  readonly owner: object;
  readonly isModule: boolean;
  call(...args: HookArguments[TName]): unknown;
}

/** For each hook, its implementations in calling order. Whoever does not override a hook is not in its list. */
export type HookTable = { readonly [TName in HookName]: readonly CompiledHook<TName>[] };

/**
 * Callbacks first, then the module. On `onTrainEpochEnd`, callbacks that monitor metrics come after the module, so that
 * they see what it logged.
 */
export function compileHooks(callbacks: readonly Callback[], module: LightningModule, trainer: Trainer): HookTable {
  const compiler = new HookCompiler(callbacks, module, trainer);
  return { ...compileFit(compiler), ...compileBatches(compiler), ...compileEvaluation(compiler) };
}

function compileFit(c: HookCompiler) {
  return {
    setup: c.list("setup"),
    teardown: c.list("teardown"),
    onFitStart: c.list("onFitStart"),
    onFitEnd: c.list("onFitEnd"),
    onSanityCheckStart: c.callbacksOnly("onSanityCheckStart"),
    onSanityCheckEnd: c.callbacksOnly("onSanityCheckEnd"),
    onTrainStart: c.list("onTrainStart"),
    onTrainEnd: c.list("onTrainEnd"),
    onTrainEpochStart: c.list("onTrainEpochStart"),
    onTrainEpochEnd: c.monitorsLast("onTrainEpochEnd"),
    onSaveCheckpoint: c.list("onSaveCheckpoint"),
    // The module's own comes before its weights are loaded, those of callbacks before theirs.
    onLoadCheckpoint: c.callbacksOnly("onLoadCheckpoint"),
    onException: c.callbacksOnly("onException"),
  };
}

function compileBatches(c: HookCompiler) {
  return {
    onTrainBatchStart: c.list("onTrainBatchStart"),
    onTrainBatchEnd: c.list("onTrainBatchEnd"),
    onBeforeZeroGrad: c.list("onBeforeZeroGrad"),
    onBeforeBackward: c.list("onBeforeBackward"),
    onAfterBackward: c.list("onAfterBackward"),
    onBeforeOptimizerStep: c.list("onBeforeOptimizerStep"),
    onValidationBatchStart: c.list("onValidationBatchStart"),
    onValidationBatchEnd: c.list("onValidationBatchEnd"),
    onTestBatchStart: c.list("onTestBatchStart"),
    onTestBatchEnd: c.list("onTestBatchEnd"),
    onPredictBatchStart: c.list("onPredictBatchStart"),
    onPredictBatchEnd: c.list("onPredictBatchEnd"),
  };
}

function compileEvaluation(c: HookCompiler) {
  return {
    onValidationStart: c.list("onValidationStart"),
    onValidationEnd: c.list("onValidationEnd"),
    onValidationEpochStart: c.list("onValidationEpochStart"),
    onValidationEpochEnd: c.list("onValidationEpochEnd"),
    onTestStart: c.list("onTestStart"),
    onTestEnd: c.list("onTestEnd"),
    onTestEpochStart: c.list("onTestEpochStart"),
    onTestEpochEnd: c.list("onTestEpochEnd"),
    onPredictStart: c.list("onPredictStart"),
    onPredictEnd: c.list("onPredictEnd"),
    onPredictEpochStart: c.list("onPredictEpochStart"),
    onPredictEpochEnd: c.list("onPredictEpochEnd"),
  };
}

class HookCompiler {
  readonly #callbacks: readonly Callback[];
  readonly #module: LightningModule;
  readonly #trainer: Trainer;

  constructor(callbacks: readonly Callback[], module: LightningModule, trainer: Trainer) {
    this.#callbacks = callbacks;
    this.#module = module;
    this.#trainer = trainer;
  }

  list<TName extends ModuleHookName>(name: TName): readonly CompiledHook<TName>[] {
    return [...this.callbacksOnly(name), ...this.#ofModule(name)];
  }

  monitorsLast<TName extends ModuleHookName>(name: TName): readonly CompiledHook<TName>[] {
    const of = (isMonitor: boolean) => this.callbacksOnly(name, (callback) => callback.monitorsMetrics === isMonitor);
    return [...of(false), ...this.#ofModule(name), ...of(true)];
  }

  callbacksOnly<TName extends HookName>(
    name: TName,
    isWanted: (callback: Callback) => boolean = () => true,
  ): readonly CompiledHook<TName>[] {
    const found: CompiledHook<TName>[] = [];
    for (const callback of this.#callbacks) {
      if (!isWanted(callback) || callback[name] === Callback.prototype[name]) continue;
      found.push(bindCallback(callback, name, this.#trainer, this.#module));
    }
    return found;
  }

  #ofModule<TName extends ModuleHookName>(name: TName): readonly CompiledHook<TName>[] {
    if (this.#module[name] === LightningModule.prototype[name]) return [];
    return [bindModule(this.#module, name)];
  }
}

/** A callback's hook with its first two arguments filled in. */
function bindCallback<TName extends HookName>(
  callback: CallbackHooks & object,
  name: TName,
  trainer: Trainer,
  module: LightningModule,
): CompiledHook<TName> {
  const hooks: CallbackHooks = callback;
  const method = hooks[name];
  return { owner: callback, isModule: false, call: (...args) => method?.call(callback, trainer, module, ...args) };
}

/** A module's hook. */
function bindModule<TName extends ModuleHookName>(module: ModuleHooks & object, name: TName): CompiledHook<TName> {
  const hooks: ModuleHooks = module;
  const method = hooks[name];
  return { owner: module, isModule: true, call: (...args) => method?.call(module, ...args) };
}
