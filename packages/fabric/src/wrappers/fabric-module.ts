import { classNameOf, MisconfigurationError } from "@lightning-ts/core";
import type { Precision } from "../precision/precision.js";
import { boundProxy, type MethodOverride } from "./bound-proxy.js";
import { methodOf, type Method } from "./method-of.js";
import { rememberWrapped } from "./wrapped-objects.js";

/** Methods that run under the precision and through the strategy's module, like `forward`. */
const FORWARD_METHODS = [
  "forward",
  "apply",
  "call",
  "predict",
  "trainingStep",
  "validationStep",
  "testStep",
  "predictStep",
];
const MODULE_OWN_METHODS = ["apply"];

/** What a set-up module has besides everything it had before. */
export interface FabricModuleExtras<TModule> {
  /** The module that was set up. */
  readonly module: TModule;
  /**
   * Lets another method run like `forward`: under the precision, and seen by the strategy.
   * @throws MisconfigurationError for `forward` itself and for a method that does not exist
   */
  markForwardMethod(name: string): void;
}

export type FabricModule<TModule> = TModule & FabricModuleExtras<TModule>;

export interface ModuleContext {
  readonly precision: Precision;
  /** What the strategy put in the module's place; the module itself where it did not. */
  readonly replacement: object;
  /**
   * A `tf.LayersModel`: its `apply`, `call` and `predict` compute. An `nn.Module`'s `apply` visits submodules and does
   * not.
   */
  readonly isLayersModel: boolean;
}

export function wrapModule<TModule extends object>(module: TModule, context: ModuleContext): FabricModule<TModule> {
  const forwardMethods = new Set<PropertyKey>(FORWARD_METHODS);
  if (!context.isLayersModel) for (const name of MODULE_OWN_METHODS) forwardMethods.delete(name);
  const redirected: MethodOverride = (method, ...args) =>
    context.precision.forward(() =>
      throughReplacement(module, context.replacement, method, context.precision.convertInput(args)),
    );
  const extras = new Map<PropertyKey, unknown>([
    ["module", module],
    ["markForwardMethod", (name: string) => markForwardMethod(module, forwardMethods, name)],
  ]);
  const proxy = boundProxy(module, {
    extras,
    override: (key) => {
      if (forwardMethods.has(key)) return redirected;
      return context.replacement === module
        ? undefined
        : (method, ...args) => refusingForward(module, String(key), () => method(...args));
    },
  });
  rememberWrapped(proxy, module);
  if (!hasExtras<TModule>(proxy)) throw new TypeError("unreachable: a wrapped module lacks what it was given");
  return proxy;
}

/** Lets `method` run where the strategy expects the module's forward. */
function throughReplacement(module: object, replacement: object, method: Method, args: unknown[]): unknown {
  if (replacement === module) return method(...args);
  const forward = methodOf(replacement, "forward");
  return forward === undefined ? method(...args) : withForward(module, method, () => forward(...args));
}

/**
 * Refuses a method that runs the forward of the module without being marked for it: its computation would bypass the
 * strategy, and nobody would notice.
 */
function refusingForward<TResult>(module: object, name: string, body: () => TResult): TResult {
  const refuse = (): never => {
    throw new MisconfigurationError({
      code: "LIT_FORWARD_METHOD",
      message: `${name}() runs the model's forward past the strategy, so gradients would not be reduced.`,
      tryThis: `call model.markForwardMethod("${name}") once after setup, or pass your inputs through forward().`,
    });
  };
  return withForward(module, refuse, body);
}

function withForward<TResult>(module: object, forward: Method, body: () => TResult): TResult {
  const own = Object.getOwnPropertyDescriptor(module, "forward");
  const restore = (): void => {
    // What was put over the class's method goes; types do not know that this property may be missing.
    if (own === undefined) Reflect.deleteProperty(module, "forward");
    else Object.defineProperty(module, "forward", own);
  };
  Object.defineProperty(module, "forward", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: (...args: unknown[]) => (restore(), forward(...args)),
  });
  try {
    return body();
  } finally {
    restore();
  }
}

function markForwardMethod(module: object, marked: Set<PropertyKey>, name: string): void {
  if (name === "forward")
    throw new MisconfigurationError({ message: "forward() is the forward method already; it cannot be marked." });
  if (methodOf(module, name) === undefined) {
    throw new MisconfigurationError({
      code: "LIT_FORWARD_METHOD",
      message: `${classNameOf(module)} has no method "${name}" that could be marked as a forward method.`,
    });
  }
  marked.add(name);
}

function hasExtras<TModule extends object>(module: TModule): module is FabricModule<TModule> {
  return "markForwardMethod" in module;
}
