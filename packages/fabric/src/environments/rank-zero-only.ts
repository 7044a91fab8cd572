import { defaultPorts } from "../ports/default-ports.js";
import { detectEnvironment } from "./detect-environment.js";

let known: number | undefined;

/** Said by the strategy that trains with other ranks; before, the environment says which rank this is. */
export function setRankOfProcess(globalRank: number): void {
  known = globalRank;
}

function rankOfProcess(): number {
  if (known !== undefined) return known;
  const environment = defaultPorts()?.environment;
  if (environment === undefined) return 0;
  const found = detectEnvironment(environment);
  // Where the first process starts the others, the environment of each says its rank on this machine.
  return found.worldSize > 1 ? found.globalRank : found.localRank;
}

/**
 * A function that runs on rank 0 alone: on the others it does nothing and returns `otherwise`. For printing, writing a
 * file or telling another service, in scripts, modules and callbacks alike, before and after the launch. What it calls
 * must not wait for other ranks, because those do not come. Lightning's `rank_zero_only`.
 * @param otherwise what it returns on other ranks
 * @example
 * ```ts
 * import { rankZeroOnly } from "@lightning-ts/fabric";
 *
 * const announce = rankZeroOnly((text: string) => console.log(text));
 * announce("begins"); // printed once, whatever the number of ranks
 * ```
 */
export function rankZeroOnly<TThis, TArgs extends readonly unknown[], TResult>(
  body: (this: TThis, ...args: TArgs) => TResult,
): (this: TThis, ...args: TArgs) => TResult | undefined;
export function rankZeroOnly<TThis, TArgs extends readonly unknown[], TResult>(
  body: (this: TThis, ...args: TArgs) => TResult,
  otherwise: NoInfer<TResult>,
): (this: TThis, ...args: TArgs) => TResult;
export function rankZeroOnly<TThis, TArgs extends readonly unknown[], TResult>(
  body: (this: TThis, ...args: TArgs) => TResult,
  otherwise?: TResult,
): (this: TThis, ...args: TArgs) => TResult | undefined {
  return function onRankZero(this: TThis, ...args) {
    return rankOfProcess() === 0 ? Reflect.apply(body, this, args) : otherwise;
  };
}
