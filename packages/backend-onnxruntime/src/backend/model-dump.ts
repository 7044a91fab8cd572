import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OnnxRuntimeOptions } from "./backend-options.js";

/** What to do with every model before it is compiled. */
export function modelDump(target: OnnxRuntimeOptions["dumpModel"]): ((model: Uint8Array) => void) | undefined {
  if (target === undefined) return undefined;
  let count = 0;
  if (typeof target === "function") return (model) => target(model, `graph-${++count}`);
  mkdirSync(target, { recursive: true });
  return (model) => writeFileSync(join(target, `graph-${++count}.onnx`), model);
}
