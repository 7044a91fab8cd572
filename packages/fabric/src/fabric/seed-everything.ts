import {
  MisconfigurationError,
  seedEverything as seedStreams,
  type Environment,
  type Terminal,
} from "@lightning-ts/core";
import { completePorts } from "../ports/default-ports.js";

export interface SeedOptions {
  /** Seed data workers as well. @default true */
  readonly workers?: boolean | undefined;
  /** Warn when no seed was given. @default true */
  readonly verbose?: boolean | undefined;
}

/**
 * Seeds every random stream and tells processes that are started later. Without a seed: `PL_GLOBAL_SEED`, else 0.
 * @returns the seed
 * @throws MisconfigurationError for a seed outside 0 … 2^32-1
 */
export function seedEverything(
  seed?: number,
  options: SeedOptions = {},
  ports: { readonly environment: Environment; readonly terminal: Pick<Terminal, "warn"> } = completePorts(
    "seedEverything()",
  ),
): number {
  const { environment, terminal } = ports;
  const chosen = seed ?? seedFromEnvironment(environment);
  if (chosen === undefined && options.verbose !== false)
    terminal.warn("seedEverything: no seed was given, so it is 0.");
  const used = seedStreams(chosen ?? 0);
  environment.set("PL_GLOBAL_SEED", String(used));
  environment.set("PL_SEED_WORKERS", options.workers === false ? "0" : "1");
  return used;
}

function seedFromEnvironment(environment: Environment): number | undefined {
  const text = environment.get("PL_GLOBAL_SEED");
  if (text === undefined) return undefined;
  const seed = Number(text);
  if (text.trim() !== "" && Number.isInteger(seed)) return seed;
  throw new MisconfigurationError({
    code: "LIT_SEED",
    message: "The environment variable PL_GLOBAL_SEED is no seed.",
    expected: "an integer from 0 to 4294967295",
    received: JSON.stringify(text),
  });
}
