import { completePorts, seedEverything as seedWith, type SeedOptions } from "@lightning-ts/fabric";

/**
 * Seeds every random stream: initialisation, shuffling, dropout. Call it before the model is made.
 * @param seed 0 … 2^32-1. @default the environment variable `PL_GLOBAL_SEED`, else 0 with a warning
 * @returns the seed
 * @throws MisconfigurationError for another seed
 */
export function seedEverything(seed?: number, options: SeedOptions = {}): number {
  return seedWith(seed, options, completePorts("seedEverything()"));
}
