import { describeValue, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import { connectParts, OptionProblems, type Connection, type Ports } from "@lightning-ts/fabric";
import type { TrainerPlan } from "./plan.js";
import { withEnvironment } from "./environment-options.js";
import { findProblems } from "./find-problems.js";
import { resolvePlan } from "./resolve-plan.js";
import type { TrainerOptions } from "./trainer-options.js";

/** @throws MisconfigurationError for what is no object of options */
export function requireOptions(options: unknown): void {
  if (isPlainObject(options)) return;
  throw new MisconfigurationError({
    code: "LIT_TRAINER_OPTIONS",
    message: "new Trainer() takes an object of options.",
    expected: "for example { maxEpochs: 3 }",
    received: describeValue(options),
  });
}

/** Options of a Trainer, in the forms that it is made from. */
export interface ResolvedTrainerOptions {
  /** As they were given, those of the environment included. */
  readonly options: TrainerOptions;
  readonly plan: TrainerPlan;
  readonly connection: Connection;
}

/**
 * Adds the options of the environment, and turns all of them into a plan and a connection to the device.
 * @throws MisconfigurationError that lists everything that is wrong, at once
 */
export function resolveOptions(inCode: TrainerOptions, ports: Ports): ResolvedTrainerOptions {
  const { options, variables } = withEnvironment(inCode, ports.environment);
  const problems = new OptionProblems();
  for (const problem of findProblems(options, variables)) problems.add(problem);
  const { accelerator, strategy, devices, numNodes, precision, plugins } = options;
  const connection = connectParts({ accelerator, strategy, devices, numNodes, precision, plugins, ports }, problems);
  if (connection === undefined || !problems.isEmpty) {
    const { messages } = problems;
    throw new MisconfigurationError({
      code: "LIT_TRAINER_OPTIONS",
      message: `The options of this Trainer have ${messages.length === 1 ? "a problem" : `${messages.length} problems`}:\n${messages.map((text) => `  - ${text}`).join("\n")}`,
    });
  }
  return { options, plan: resolvePlan(options, ports.files), connection };
}
