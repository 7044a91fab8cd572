import type { Environment } from "@lightning-ts/core";
import type { UncheckedConnectOptions } from "../connect/connect.js";
import type { OptionProblems } from "../connect/option-problems.js";
import { optionsFromEnvironment } from "../connect/options-from-environment.js";

const VARIABLES = [
  ["accelerator", "LT_ACCELERATOR", "--accelerator"],
  ["strategy", "LT_STRATEGY", "--strategy"],
  ["devices", "LT_DEVICES", "--devices"],
  ["numNodes", "LT_NUM_NODES", "--num-nodes"],
  ["precision", "LT_PRECISION", "--precision"],
] as const;

/** True in a script that `fabric run` started. */
export function isStartedByCli(environment: Environment): boolean {
  return environment.get("LT_CLI_USED") === "1";
}

/** Fills in the options that `fabric run` was given. One that the code gives too must have the same value. */
export function withCliOptions(
  options: UncheckedConnectOptions,
  environment: Environment,
  problems: OptionProblems,
): UncheckedConnectOptions {
  if (!isStartedByCli(environment)) return options;
  const pairs = VARIABLES.map(([name, variable]) => [name, variable] as const);
  const { values } = optionsFromEnvironment(environment, pairs);
  for (const [name, variable, flag] of VARIABLES) {
    const given = environment.get(variable);
    const inCode = options[name];
    if (given === undefined || inCode === undefined || inCode === "auto" || String(inCode) === given) continue;
    problems.add(
      `The code has ${name}: ${JSON.stringify(inCode)}, the command line has ${flag}=${given}. Remove one of them.`,
    );
  }
  return { ...options, ...values };
}
