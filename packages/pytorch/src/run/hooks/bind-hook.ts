import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import type { CallbackHooks, ModuleHookName, ModuleHooks } from "../../contract/callback-hooks.js";
import type { CompiledHook } from "./compile-hooks.js";
import type { HookName } from "../../words/hook-arguments.js";

/** A callback's hook with its first two arguments filled in. */
export function bindCallback<TName extends HookName>(
  callback: CallbackHooks & object,
  name: TName,
  trainer: Trainer,
  module: LightningModule,
): CompiledHook<TName> {
  const hooks: CallbackHooks = callback;
  const method = hooks[name];
  return {
    owner: `${callback.constructor.name}.${name}`,
    isModule: false,
    call: (...args) => method?.call(callback, trainer, module, ...args),
  };
}

/** A module's hook. */
export function bindModule<TName extends ModuleHookName>(
  module: ModuleHooks & object,
  name: TName,
): CompiledHook<TName> {
  const hooks: ModuleHooks = module;
  const method = hooks[name];
  return {
    owner: `${module.constructor.name}.${name}`,
    isModule: true,
    call: (...args) => method?.call(module, ...args),
  };
}
