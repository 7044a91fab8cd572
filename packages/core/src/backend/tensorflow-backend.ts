import { isInstalled } from "./optional-module.js";
import { tfjsBackend } from "./tfjs-backend.js";
import type { TrainingBackend } from "./training-backend.js";

const PACKAGE = "@tensorflow/tfjs-node";
const INSTALL = `npm install ${PACKAGE}`;

/** TensorFlow's own library, through `@tensorflow/tfjs-node`; used when that package is installed. */
export function tensorflowBackend(): TrainingBackend {
  return tfjsBackend({
    name: "tensorflow",
    capabilities: { trainsConvolutions: true, readsSynchronously: true, dtypes: ["float32", "int32", "bool", "complex64", "string"], precisions: ["32-true"], isLazy: false },
    async availability() {
      if (nodeProcess() === undefined) return { isAvailable: false, reason: "it needs Node." };
      return (await isInstalled(PACKAGE)) ? { isAvailable: true } : { isAvailable: false, reason: `the package ${PACKAGE} is not installed.`, install: INSTALL };
    },
    async load() {
      restoreRemovedUtilities();
      await import(/* @vite-ignore */ PACKAGE);
    },
  });
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
    if (!(name in utilities)) Object.defineProperty(utilities, name, { value: test, configurable: true, writable: true });
  }
}

interface NodeProcess {
  getBuiltinModule(name: string): unknown;
}

/** Node's process, found without an import so that this file also loads in a browser. */
function nodeProcess(): NodeProcess | undefined {
  const candidate: unknown = Reflect.get(globalThis, "process");
  return isNodeProcess(candidate) ? candidate : undefined;
}

function isNodeProcess(value: unknown): value is NodeProcess {
  return typeof value === "object" && value !== null && "getBuiltinModule" in value && typeof value.getBuiltinModule === "function";
}
