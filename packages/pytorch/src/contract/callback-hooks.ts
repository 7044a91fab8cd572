import type { LightningModule } from "./lightning-module.js";
import type { Trainer } from "./trainer.js";
import type { HookArguments, HookName } from "../words/hook-arguments.js";

/**
 * The hooks of a callback: the arguments of each, after the trainer and the module. All optional; one may return a
 * promise.
 */
export type CallbackHooks = {
  [TName in HookName]?: (trainer: Trainer, module: LightningModule, ...args: HookArguments[TName]) => unknown;
};

/** The hooks that a module shares with callbacks. */
export type ModuleHookName = Exclude<HookName, "onSanityCheckStart" | "onSanityCheckEnd" | "onException">;

export type ModuleHooks = {
  [TName in ModuleHookName]?: (...args: HookArguments[TName]) => unknown;
};
