import { EngineError } from "./engine-error.js";
import { nodeNameOf } from "./node-name-of.js";

/**
 * How a run came to nothing: ONNX Runtime gave up, the graph set its flag, or an earlier run of the same epoch had
 * failed and this one was passed over.
 */
export type RunFailure = "failed" | "flagged" | "skipped";

/** A run came to nothing. The contents of its outputs are undefined. */
export class GraphRunError extends EngineError {
  /** Name of the node that failed, where ONNX Runtime says it. */
  readonly nodeName: string | undefined;
  readonly failure: RunFailure;
  /** What the graph wrote into its flag. */
  readonly flag: number;

  constructor(reason: string, options: { readonly failure?: RunFailure; readonly flag?: number } = {}) {
    super({ code: "LIT_ENGINE_GRAPH_RUN", message: `ONNX Runtime could not run a graph: ${reason}` });
    this.nodeName = nodeNameOf(reason);
    this.failure = options.failure ?? "failed";
    this.flag = options.flag ?? 0;
  }
}

/** The error of a run whose flag was set, or of a program that found something wrong. */
export function flaggedRun(flag: number, reason = `a check in it failed (number ${flag})`): GraphRunError {
  return new GraphRunError(reason, { failure: "flagged", flag });
}

/** The error of a run that was passed over. */
export function skippedRun(): GraphRunError {
  return new GraphRunError("it was skipped, because an earlier run had failed", { failure: "skipped" });
}
