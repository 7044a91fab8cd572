import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { GraphRunner } from "../contract/graph-runner.js";
import { elementCount } from "../graph/value-spec.js";
import type { LazyNode } from "./lazy-node.js";

/**
 * Says which index of an op is out of range: `9 at [3], where 0 to 4 exist`.
 * @returns `undefined` where the op has none, or where only the graph has seen them
 */
export function describeBadIndex(node: LazyNode, runner: Pick<GraphRunner, "view" | "download">): string | undefined {
  const shapes = node.inputs.map(({ shape }, i) => node.views?.[i] ?? shape);
  const where = node.kernel.indices?.(node.attrs, shapes);
  const data = where === undefined ? undefined : node.inputs[where.input];
  if (where === undefined || data === undefined || data.dtype !== "int32") return undefined;
  const { buffer, single, run, shape } = data;
  if (run !== undefined && !run.isSound) return undefined;
  const values = single === undefined ? buffer && indicesIn(buffer, elementCount(shape), runner) : [single];
  if (values === undefined) return undefined;
  const { count, ignored } = where;
  for (let i = 0; i < values.length; i++) {
    const index = values[i] ?? 0;
    if ((index >= 0 && index < count) || index === ignored) continue;
    return `${index} at [${coordinates(i, shapes[where.input] ?? []).join(", ")}], where 0 to ${count - 1} exist`;
  }
  return undefined;
}

function indicesIn(
  buffer: GraphBuffer,
  count: number,
  runner: Pick<GraphRunner, "view" | "download">,
): ArrayLike<number> {
  return runner.view?.(buffer, "int32", count) ?? runner.download(buffer, "int32", count);
}

function coordinates(position: number, shape: readonly number[]): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((extent) => {
      const coordinate = rest % extent;
      rest = Math.floor(rest / extent);
      return coordinate;
    })
    .toReversed();
}
