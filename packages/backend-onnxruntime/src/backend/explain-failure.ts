import { EngineError } from "../errors/engine-error.js";
import type { LazyNode } from "./lazy-node.js";
import { describeNode } from "./lower-request.js";

/** Names the tfjs op at which a graph failed to compile or to run. ONNX Runtime's message holds the node's name, which begins with the op. */
export function explainFailure(cause: unknown, nodes: readonly LazyNode[]): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const node = nodes.find((candidate) => reason.includes(describeNode(candidate)));
  const op = node === undefined ? "A recorded graph" : describeNode(node);
  return new EngineError({ code: "LIT_ENGINE_RUN", message: `${op} failed. ${reason}`, cause });
}
