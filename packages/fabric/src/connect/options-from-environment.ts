import type { Environment } from "@lightning-ts/core";

export interface EnvironmentOptions {
  /** By the options' names; JSON where the text is JSON (numbers, true, lists), text otherwise. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The variables that they came from, by the options' names. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Reads options that environment variables give. What wins over what is the caller's to say. */
export function optionsFromEnvironment(
  environment: Pick<Environment, "get">,
  variables: Iterable<readonly [option: string, variable: string]>,
): EnvironmentOptions {
  const values: Record<string, unknown> = {};
  const found = new Map<string, string>();
  for (const [option, variable] of variables) {
    const text = environment.get(variable);
    if (text === undefined) continue;
    values[option] = parseLiteral(text);
    found.set(option, variable);
  }
  return { values, variables: found };
}

function parseLiteral(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // Not JSON: a plain word such as `cpu`.
  }
}
