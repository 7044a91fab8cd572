import { ACCELERATOR_NAMES } from "../connect/connect.js";
import { OptionProblems } from "../connect/option-problems.js";
import { PRECISION_NAMES } from "../connect/resolve-precision.js";
import { STRATEGY_NAMES } from "../connect/resolve-strategy.js";
import { unknownNameError } from "../connect/unknown-name-error.js";

/** What `fabric run` was given, as text. */
export interface RunFlags {
  readonly accelerator?: string | undefined;
  readonly strategy?: string | undefined;
  readonly devices: string;
  readonly numNodes: string;
  readonly nodeRank: string;
  readonly mainAddress: string;
  readonly mainPort: string;
  readonly precision?: string | undefined;
}

const SHORT_PRECISIONS = ["16", "32", "64", "bf16"];

/**
 * @returns the environment variables that tell the script what it runs on @throws MisconfigurationError listing every
 * flag that is wrong
 */
export function runVariables(flags: RunFlags): Record<string, string> {
  const problems = new OptionProblems();
  checkName(problems, "accelerator", flags.accelerator, ACCELERATOR_NAMES);
  checkName(problems, "strategy", flags.strategy, STRATEGY_NAMES);
  checkName(problems, "precision", flags.precision, [...PRECISION_NAMES, ...SHORT_PRECISIONS]);
  checkNumber(problems, "--num-nodes", flags.numNodes, 1);
  checkNumber(problems, "--node-rank", flags.nodeRank, 0);
  checkNumber(problems, "--main-port", flags.mainPort, 1);
  if (problems.isEmpty && Number(flags.nodeRank) >= Number(flags.numNodes))
    problems.add(`--node-rank=${flags.nodeRank} must be below --num-nodes=${flags.numNodes}.`);
  problems.throwIfAny("fabric run");
  return {
    LT_CLI_USED: "1",
    LT_DEVICES: flags.devices,
    LT_NUM_NODES: flags.numNodes,
    ...variable("LT_ACCELERATOR", flags.accelerator),
    ...variable("LT_STRATEGY", flags.strategy),
    ...variable("LT_PRECISION", flags.precision),
    NODE_RANK: flags.nodeRank,
    MASTER_ADDR: flags.mainAddress,
    MASTER_PORT: flags.mainPort,
  };
}

function checkName(
  problems: OptionProblems,
  option: string,
  value: string | undefined,
  known: readonly string[],
): void {
  if (value !== undefined && !known.includes(value)) problems.add(unknownNameError(option, value, known).message);
}

function checkNumber(problems: OptionProblems, flag: string, text: string, minimum: number): void {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < minimum)
    problems.add(`${flag} must be a whole number of at least ${minimum}; it is ${JSON.stringify(text)}.`);
}

function variable(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
