import { isMethod, type Method } from "./method-of.js";

/** Replaces some of an object's methods; `method` is the original one, already bound to the object. */
export type MethodOverride = (method: Method, ...args: unknown[]) => unknown;

export interface ProxyPlan {
  /** Properties that the proxy has and the object may not. */
  readonly extras: ReadonlyMap<PropertyKey, unknown>;
  /** What happens instead of a method; undefined leaves it alone. */
  readonly override: (key: PropertyKey) => MethodOverride | undefined;
}

/**
 * Makes a proxy that replaces some methods of an object. Everything else is read from and written to the object itself,
 * `instanceof` holds, and methods run on the object, so that private fields work. A method that returns the object
 * returns the proxy.
 */
export function boundProxy<TTarget extends object>(target: TTarget, plan: ProxyPlan): TTarget {
  const bound = new Map<PropertyKey, { readonly method: unknown; readonly wrapper: unknown }>();
  const bind = (key: PropertyKey, method: Method): unknown => {
    const known = bound.get(key);
    if (known?.method === method) return known.wrapper;
    const call = method.bind(target);
    const wrapper = (...args: unknown[]): unknown => {
      const override = plan.override(key);
      const result = override === undefined ? call(...args) : override(call, ...args);
      return result === target ? proxy : result;
    };
    bound.set(key, { method, wrapper });
    return wrapper;
  };
  // The traps of a proxy get any key, and what they answer is its object's own.
  const proxy: TTarget = new Proxy(target, {
    get: (_, key) => {
      if (plan.extras.has(key)) return plan.extras.get(key);
      const value: unknown = Reflect.get(target, key, target);
      return isMethod(value) && key !== "constructor" ? bind(key, value) : value;
    },
    set: (_, key, value) => Reflect.set(target, key, value, target),
    has: (_, key) => plan.extras.has(key) || Reflect.has(target, key),
  });
  return proxy;
}
