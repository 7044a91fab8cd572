import { createRequire } from "node:module";
import type * as koffi from "koffi";
import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";

type Koffi = typeof koffi;
/** A loaded library; it is unloaded when this is collected. */
export type LibraryHandle = ReturnType<Koffi["load"]>;

let loaded: Koffi | undefined;

/**
 * The library that calls C functions. Loaded on first use, because it has no native part on a few platforms,
 * where the engine goes on without it.
 * @throws EngineUnavailableError
 */
export function loadKoffi(): Koffi {
  try {
    loaded ??= createRequire(import.meta.url)("koffi") as Koffi;
    return loaded;
  } catch (cause) {
    throw new EngineUnavailableError({
      reason: `C functions cannot be called on ${process.platform} ${process.arch}: koffi did not load (${String(cause)}).`,
      cause,
    });
  }
}
