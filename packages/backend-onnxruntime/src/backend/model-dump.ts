import { mkdirSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { join } from "node:path";
import type { OnnxRuntimeOptions } from "./backend-options.js";

/** What to do with every model before it is compiled. */
export function modelDump(target: OnnxRuntimeOptions["dumpModel"]): ((model: Uint8Array) => void) | undefined {
  if (target === undefined) return undefined;
  let count = 0;
  if (typeof target === "function") return (model) => target(model, `graph-${++count}`);
  mkdirSync(target, { recursive: true });
  return (model) => {
    count = writeNew(model, (number) => join(target, `graph-${process.pid}-${threadId}-${number}.onnx`), count + 1);
  };
}

/**
 * Writes a file that was not there and returns its number: processes, their threads and earlier ones may share the
 * folder.
 */
function writeNew(model: Uint8Array, pathOf: (number: number) => string, firstNumber: number): number {
  for (let number = firstNumber; ; number += 1) {
    try {
      writeFileSync(pathOf(number), model, { flag: "wx" });
      return number;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}
