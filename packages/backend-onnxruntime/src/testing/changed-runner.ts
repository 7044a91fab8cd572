import type { GraphRunner } from "../contract/graph-runner.js";

type Changes = { readonly [TName in keyof GraphRunner]?: GraphRunner[TName] | undefined };

/** A runner with other methods, or without some that are `undefined` in `changes`. All others go on to `runner`. */
export function changedRunner(runner: GraphRunner, changes: Changes): GraphRunner {
  return new Proxy(runner, {
    get: (target, name) => {
      if (Reflect.has(changes, name)) return Reflect.get(changes, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
