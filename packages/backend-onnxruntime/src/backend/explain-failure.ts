import { EngineError } from "../errors/engine-error.js";
import type { LazyNode } from "./lazy-node.js";
import { describeNode } from "./lower-request.js";

const BAD_INDEX = /out of range value in index|out of data bounds|invalid indice|must be within the inclusive range/i;

/** Names the tfjs op at which a graph failed to compile or to run. ONNX Runtime's message holds the node's name, which begins with the op. */
export function explainFailure(cause: unknown, nodes: readonly LazyNode[]): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const node = nodes.find((candidate) => reason.includes(describeNode(candidate)));
  const op = node === undefined ? "A recorded graph" : describeNode(node);
  if (!BAD_INDEX.test(reason)) return new EngineError({ code: "LIT_ENGINE_RUN", message: `${op} failed. ${reason}`, cause });
  return new EngineError({
    code: "LIT_ENGINE_INDEX",
    message: `${op} failed: one of its indices is out of range.`,
    tryThis: "check the indices: class numbers go from 0 to the number of classes - 1, rows of an embedding from 0 to its number of rows - 1.",
    cause,
  });
}
