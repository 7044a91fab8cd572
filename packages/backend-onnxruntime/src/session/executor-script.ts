import { existsSync } from "node:fs";
import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";

/**
 * Sees to it that the file of the executor's thread is there; without it the first graph would be waited for without
 * end. A bundler that makes one file of a program leaves it behind.
 *
 * @throws EngineUnavailableError if it is not
 */
export function requireExecutorScript(script = new URL("./run-worker.js", import.meta.url)): void {
  if (script.protocol !== "file:" || existsSync(script)) return;
  throw new EngineUnavailableError({
    reason: `The engine's thread is a file of its own, and ${script.pathname} is not there: a bundler left it behind.`,
    install:
      "tell the bundler to leave @lightning-ts/backend-onnxruntime out (esbuild: --external:@lightning-ts/backend-onnxruntime), and install it beside the bundle.",
  });
}
