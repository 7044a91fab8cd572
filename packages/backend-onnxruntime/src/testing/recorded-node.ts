import type { LazyData } from "../backend/lazy-data.js";
import type { LazyNode } from "../backend/lazy-node.js";

/** A call of a kernel of that name as recorded, of which nothing has run. */
export function recordedNode(
  name: string,
  inputs: LazyData[],
  output: LazyData,
  program?: LazyNode["program"],
): LazyNode {
  return {
    number: 0,
    kernel: { name, record: () => null, lower: () => [] },
    operationId: 0,
    attrs: {},
    computeDtype: "float32",
    program,
    scalars: [],
    inputs,
    views: undefined,
    outputs: [output],
    waiting: 1,
    flush: -1,
    position: -1,
    hasRun: false,
  };
}
