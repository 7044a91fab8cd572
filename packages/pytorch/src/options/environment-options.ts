import type { Environment } from "@lightning-ts/core";
import { OPTION_RULES } from "./option-rules.js";
import type { TrainerOptions } from "./trainer-options.js";

const PREFIX = "PL_TRAINER_";

/** Adds options that the environment gives, such as `PL_TRAINER_MAX_EPOCHS=3`; options in code win. */
export function withEnvironment(options: TrainerOptions, environment: Environment): TrainerOptions {
  const found: Record<string, unknown> = {};
  for (const name of Object.keys(OPTION_RULES)) {
    const text = environment.get(PREFIX + snakeCase(name));
    if (text !== undefined) found[name] = parseLiteral(text);
  }
  return Object.keys(found).length === 0 ? options : { ...found, ...options };
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** JSON where it is JSON, text otherwise. */
function parseLiteral(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: a plain word such as `cpu`.
    return text;
  }
}
