import { nodeProcess } from "./node-process.js";
import { requireModule } from "./require-module.js";
import { tfjsBackend } from "./tfjs-backend.js";
import type { TrainingBackend } from "./training-backend.js";

const PACKAGE = "@tensorflow/tfjs-node";
const INSTALL = `npm install ${PACKAGE}`;

/** TensorFlow's own library, through `@tensorflow/tfjs-node`; used when that package is installed. */
export function tensorflowBackend(): TrainingBackend {
  return tfjsBackend({
    name: "tensorflow",
    capabilities: {
      trainsConvolutions: true,
      readsSynchronously: true,
      dtypes: ["float32", "int32", "bool", "complex64", "string"],
      precisions: ["32-true"],
      isLazy: false,
    },
    async availability() {
      if (nodeProcess() === undefined) return { isAvailable: false, reason: "it needs Node." };
      return (await isInstalled(PACKAGE))
        ? { isAvailable: true }
        : { isAvailable: false, reason: `the package ${PACKAGE} is not installed.`, install: INSTALL };
    },
    async load() {
      restoreRemovedUtilities();
      await import(/* @vite-ignore */ PACKAGE);
    },
  });
}

/** Loads and registers it at once. @throws when it is not installed or does not load */
export function requireTensorFlow(): void {
  restoreRemovedUtilities();
  requireModule(PACKAGE);
}

/** What tfjs-node 4.22 still calls of `node:util` and Node 23 has removed. */
const REMOVED: Readonly<Record<string, (value: unknown) => boolean>> = {
  isArray: (value) => Array.isArray(value),
  isNullOrUndefined: (value) => value === null || value === undefined,
  isString: (value) => typeof value === "string",
};

function restoreRemovedUtilities(): void {
  const utilities: unknown = nodeProcess()?.getBuiltinModule("util");
  if (typeof utilities !== "object" || utilities === null) return;
  for (const [name, test] of Object.entries(REMOVED)) {
    if (!(name in utilities))
      Object.defineProperty(utilities, name, { value: test, configurable: true, writable: true });
  }
}

/** Whether a package can be found from here, without loading it. */
async function isInstalled(packageName: string): Promise<boolean> {
  if (typeof import.meta.resolve === "function") {
    try {
      import.meta.resolve(packageName);
      return true;
    } catch {
      return false; // not found is the answer, not a failure
    }
  }
  try {
    await import(/* @vite-ignore */ packageName);
    return true;
  } catch {
    return false; // as above, where resolving without loading is not possible
  }
}
