import type { GraphRunner } from "../contract/graph-runner.js";
import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";
import { type LibraryOptions, locateLibrary } from "./library-location.js";
import { NativeRunner } from "./native-runner.js";

export interface GraphRunnerOptions extends LibraryOptions {
  /** Threads that compute; they belong to the process, so the first use decides. @default as many as the machine has cores */
  readonly threads?: number | undefined;
}

/**
 * Opens the best way to run graphs that this machine has.
 * @throws EngineUnavailableError if there is none, saying what is missing and the command that adds it
 */
export function openGraphRunner(options: GraphRunnerOptions = {}): GraphRunner {
  const location = locateLibrary(options);
  if (!location.isFound) throw new EngineUnavailableError(location);
  return new NativeRunner({ libraryPath: location.path, threads: options.threads });
}
