import { EngineError } from "../errors/engine-error.js";
import { GraphRunError } from "../errors/graph-run-error.js";
import { type HeldMemory, OutOfMemoryError } from "../errors/out-of-memory-error.js";
import type { LazyNode } from "./lazy-node.js";
import { describeNode } from "./lower-request.js";
import { neededMemory, tensorOfSize } from "./needed-memory.js";

const BAD_INDEX =
  /out of range value in index|out of data bounds|invalid ind(?:ice|ex) found|must be within the inclusive range/i;

/** What else is known about a failure. */
export interface FailureCircumstances {
  /** All nodes of the graph. */
  readonly nodes: readonly LazyNode[];
  /** Says which of a node's indices is wrong, where that can be seen. */
  readonly badIndexOf: (node: LazyNode) => string | undefined;
  readonly held: () => HeldMemory;
}

/**
 * Makes the error that users see, which names the tfjs op at which a graph failed to compile or to run, where one is
 * known, and the tensor that there was no room for.
 */
export function explainFailure(
  cause: unknown,
  culprits: ReadonlySet<LazyNode>,
  circumstances?: FailureCircumstances,
): EngineError {
  if (cause instanceof OutOfMemoryError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const [node] = culprits;
  const only = culprits.size > 1 ? undefined : node;
  const op = only === undefined ? "A recorded graph" : describeNode(only);
  const isFlagged = cause instanceof GraphRunError && cause.failure === "flagged";
  const memory = isFlagged ? undefined : neededMemory(reason);
  if (memory !== undefined && circumstances !== undefined) {
    const tensor =
      tensorOfSize(memory.sizeBytes, circumstances.nodes) ?? (only && `the results of ${describeNode(only)}`);
    return new OutOfMemoryError({ ...memory, tensor, held: circumstances.held(), reason, cause });
  }
  if (!isFlagged && !BAD_INDEX.test(reason))
    return new EngineError({ code: "LIT_ENGINE_RUN", message: `${op} failed. ${reason}`, cause });
  const index = only === undefined ? undefined : circumstances?.badIndexOf(only);
  return new EngineError({
    code: "LIT_ENGINE_INDEX",
    message: `${op} failed: one of its indices is out of range${index === undefined ? "" : ` (${index})`}.`,
    tryThis:
      "check the indices: class numbers go from 0 to the number of classes - 1, rows of an embedding from 0 to its number of rows - 1.",
    cause,
  });
}
