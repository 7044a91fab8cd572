import { MisconfigurationError, type Environment } from "@lightning-ts/core";

/**
 * Reads an environment variable that holds a whole number.
 * @throws MisconfigurationError when it is set to something else, or when it is not set and there is no `fallback`
 */
export function integerVariable(environment: Environment, name: string, fallback?: number): number {
  const text = environment.get(name);
  if (text === undefined || text === "") {
    if (fallback !== undefined) return fallback;
    throw new MisconfigurationError({
      code: "LIT_ENVIRONMENT",
      message: `The environment variable ${name} is not set.`,
      expected: "a whole number",
    });
  }
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new MisconfigurationError({
      code: "LIT_ENVIRONMENT",
      message: `The environment variable ${name} is not usable.`,
      expected: "a whole number",
      received: JSON.stringify(text),
    });
  }
  return value;
}

export function hasVariables(environment: Environment, names: readonly string[]): boolean {
  return names.every((name) => environment.get(name) !== undefined);
}

/** The port that all ranks of a job agree on without talking: a base plus the last four digits of the job's id. */
export function portOfJob(jobId: string, base: number): number | undefined {
  const digits = /(\d{1,4})$/.exec(jobId)?.[1];
  return digits === undefined ? undefined : base + Number(digits);
}
