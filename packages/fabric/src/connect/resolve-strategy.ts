import { MisconfigurationError } from "@lightning-ts/core";
import { DDPStrategy } from "../strategies/ddp/ddp-strategy.js";
import { FSDPStrategy } from "../strategies/fsdp/fsdp-strategy.js";
import { SingleDeviceStrategy } from "../strategies/single-device-strategy.js";
import type { Strategy } from "../strategies/strategy.js";
import type { StrategyName } from "./connect-options.js";
import { unknownNameError } from "./unknown-name-error.js";

export const STRATEGY_NAMES: readonly StrategyName[] = [
  "auto",
  "single_device",
  "ddp",
  "ddp_find_unused_parameters_false",
  "ddp_find_unused_parameters_true",
  "fsdp",
];

const SPAWN_RANKS =
  '"ddp", which starts the script again; in a notebook or a test spawnRanks(new URL("./train.js", import.meta.url)), ' +
  'which runs a function of a module file that uses "ddp"';

/** Strategies of Lightning that this version does not have, and what is nearest. */
const MISSING = new Map([
  ["ddp_spawn", SPAWN_RANKS],
  ["ddp_fork", SPAWN_RANKS],
  ["ddp_notebook", SPAWN_RANKS],
  ["deepspeed", '"fsdp", which divides the optimizer states between the ranks'],
  ["dp", '"ddp", with a process for each device'],
]);

/**
 * @param ranks how many the options ask for
 * @throws MisconfigurationError for a name that is no strategy, or one that does not exist yet
 */
export function resolveStrategy(option: string | Strategy, ranks: number): Strategy {
  if (typeof option === "object" && option !== null && option.kind === "strategy") return option;
  switch (option) {
    case "auto":
      return ranks > 1 ? new DDPStrategy() : new SingleDeviceStrategy();
    case "single_device":
      return new SingleDeviceStrategy();
    case "ddp":
    case "ddp_find_unused_parameters_false":
      return new DDPStrategy();
    case "ddp_find_unused_parameters_true":
      return new DDPStrategy({ findUnusedParameters: true });
    case "fsdp":
      return new FSDPStrategy();
  }
  const nearest = typeof option === "string" ? MISSING.get(option.split("_stage_")[0] ?? option) : undefined;
  if (nearest === undefined) throw unknownNameError("strategy", option, STRATEGY_NAMES);
  throw new MisconfigurationError({
    code: "LIT_STRATEGY",
    message: `The strategy "${String(option)}" does not exist yet in this version.`,
    tryThis: `${nearest}.`,
  });
}
