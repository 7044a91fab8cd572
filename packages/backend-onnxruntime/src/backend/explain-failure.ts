import { EngineError } from "../errors/engine-error.js";
import { GraphRunError } from "../errors/graph-run-error.js";
import type { LazyNode } from "./lazy-node.js";
import { describeNode } from "./lower-request.js";

const BAD_INDEX = /out of range value in index|out of data bounds|invalid indice|must be within the inclusive range/i;

/**
 * Makes the error that users see, which names the tfjs op at which a graph failed to compile or to run, where one is
 * known.
 * @param describe says which of a node's indices is wrong, where that can be seen
 */
export function explainFailure(
  cause: unknown,
  culprits: ReadonlySet<LazyNode>,
  describe: (node: LazyNode) => string | undefined = () => undefined,
): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const [node] = culprits;
  const op = node === undefined || culprits.size > 1 ? "A recorded graph" : describeNode(node);
  const isFlagged = cause instanceof GraphRunError && cause.failure === "flagged";
  if (!isFlagged && !BAD_INDEX.test(reason))
    return new EngineError({ code: "LIT_ENGINE_RUN", message: `${op} failed. ${reason}`, cause });
  const index = node === undefined || culprits.size > 1 ? undefined : describe(node);
  return new EngineError({
    code: "LIT_ENGINE_INDEX",
    message: `${op} failed: one of its indices is out of range${index === undefined ? "" : ` (${index})`}.`,
    tryThis:
      "check the indices: class numbers go from 0 to the number of classes - 1, rows of an embedding from 0 to its number of rows - 1.",
    cause,
  });
}
