import type * as enginePackage from "@lightning-ts/backend-onnxruntime";
import type { OnnxRuntimeBackend } from "@lightning-ts/backend-onnxruntime";
import { requireModule } from "./require-module.js";

export type EnginePackage = typeof enginePackage;

const NAME = "@lightning-ts/backend-onnxruntime";

/**
 * The package as it was loaded first: loaders that compile TypeScript give different instances to `require` and
 * `import`.
 */
let loaded: EnginePackage | undefined;

/** @throws whatever the package throws when it is missing or does not load */
export async function importEngine(): Promise<EnginePackage> {
  // oxlint-disable-next-line no-restricted-imports -- the one place where core loads the engine, when asked for it
  loaded ??= await import("@lightning-ts/backend-onnxruntime");
  return loaded;
}

/** The same at once, for the first op of a program, which cannot wait. */
export function requireEngine(): EnginePackage {
  if (loaded !== undefined) return loaded;
  const found = requireModule(NAME);
  if (!isEnginePackage(found)) throw new Error(`The package ${NAME} is not what it should be.`);
  loaded = found;
  return found;
}

/** Whether a tfjs backend is the engine's, whichever instance of the package made it. */
export function isEngineBackend(backend: unknown): backend is OnnxRuntimeBackend {
  return (
    typeof backend === "object" &&
    backend !== null &&
    "autocast" in backend &&
    "synchronize" in backend &&
    "statistics" in backend
  );
}

function isEnginePackage(value: unknown): value is EnginePackage {
  return typeof value === "object" && value !== null && "registerOnnxRuntime" in value && "engineAvailability" in value;
}
