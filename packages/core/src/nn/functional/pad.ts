import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";

export interface PadOptions {
  /** What the new elements are: a number, a mirror image, the nearest element, or the other end. @default "constant" */
  readonly mode?: "constant" | "reflect" | "replicate" | "circular" | undefined;
  /** With mode "constant". @default 0 */
  readonly value?: number | undefined;
}

/**
 * Adds elements before and after dimensions. `padding` counts from the last dimension: [before, after] of the last one,
 * then of the one before, …; negative numbers cut off, with "constant" and "circular" padding alone.
 * @throws ShapeError for more padding than the mode can make; MisconfigurationError
 */
export function pad(
  x: tf.Tensor,
  padding: readonly number[],
  options: PadOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("pad", { x });
  checkOptions("pad", options, ["mode", "value"]);
  refuseMore("pad", more);
  const { mode = "constant", value = 0 } = options;
  checkPadding(x, padding);
  let padded = x;
  for (let i = 0; i < padding.length / 2; i += 1) {
    const axis = x.rank - 1 - i;
    padded = padAxis(padded, axis, [padding[2 * i] ?? 0, padding[2 * i + 1] ?? 0], { mode, value });
  }
  return padded;
}

function padAxis(
  x: tf.Tensor,
  axis: number,
  [before, after]: readonly [number, number],
  { mode, value }: { readonly mode: NonNullable<PadOptions["mode"]>; readonly value: number },
): tf.Tensor {
  if (before === 0 && after === 0) return x;
  const length = x.shape[axis] ?? 0;
  const along = (start: number, count: number): tf.Tensor => sliceAxis(x, axis, start, count);
  switch (mode) {
    case "constant": {
      const kept = along(Math.max(0, -before), length + Math.min(0, before) + Math.min(0, after));
      const added: [number, number] = [Math.max(0, before), Math.max(0, after)];
      const none: [number, number] = [0, 0];
      return tf.pad(
        kept,
        x.shape.map((_, i) => (i === axis ? added : none)),
        value,
      );
    }
    case "circular":
      checkReach(x, axis, [before, after], length);
      return join(axis, [
        before > 0 ? along(length - before, before) : undefined,
        along(Math.max(0, -before), length + Math.min(0, before) + Math.min(0, after)),
        after > 0 ? along(0, after) : undefined,
      ]);
    case "replicate":
      checkReach(x, axis, [before, after], Number.POSITIVE_INFINITY);
      return join(axis, [repeat(along(0, 1), axis, before), x, repeat(along(length - 1, 1), axis, after)]);
    case "reflect":
      checkReach(x, axis, [before, after], length - 1);
      return join(axis, [
        before === 0 ? undefined : tf.reverse(along(1, before), axis),
        x,
        after === 0 ? undefined : tf.reverse(along(length - 1 - after, after), axis),
      ]);
    default:
      throw new MisconfigurationError({
        message: "pad: there is no such mode.",
        expected: '"constant", "reflect", "replicate" or "circular"',
        received: JSON.stringify(mode satisfies never),
      });
  }
}

function sliceAxis(x: tf.Tensor, axis: number, start: number, count: number): tf.Tensor {
  if (start === 0 && count === x.shape[axis]) return x;
  return tf.slice(
    x,
    x.shape.map((_, i) => (i === axis ? start : 0)),
    x.shape.map((length, i) => (i === axis ? count : length)),
  );
}

function repeat(edge: tf.Tensor, axis: number, count: number): tf.Tensor | undefined {
  if (count === 0) return undefined;
  return tf.broadcastTo(
    edge,
    edge.shape.map((length, i) => (i === axis ? count : length)),
  );
}

function join(axis: number, parts: readonly (tf.Tensor | undefined)[]): tf.Tensor {
  return tf.concat(
    parts.flatMap((part) => part ?? []),
    axis,
  );
}

function checkPadding(x: tf.Tensor, padding: readonly number[]): void {
  const fits =
    Array.isArray(padding) &&
    padding.length % 2 === 0 &&
    padding.length <= 2 * x.rank &&
    padding.every((count) => Number.isInteger(count));
  if (fits) return;
  throw new ShapeError({
    message: "pad: the padding does not fit the input.",
    expected: `pairs of integers [before, after] for at most ${x.rank} dimensions, the last one first`,
    received: `${JSON.stringify(padding)} for ${formatShape(x.shape)}`,
    shapes: [x.shape],
  });
}

function checkReach(x: tf.Tensor, axis: number, counts: readonly number[], most: number): void {
  if (counts.every((count) => count >= (most === Number.POSITIVE_INFINITY ? 0 : -most) && count <= most)) return;
  throw new ShapeError({
    message: "pad: there is not enough to repeat.",
    expected: `padding of at most ${most} in dimension ${axis}`,
    received: `[${counts.join(", ")}] for ${formatShape(x.shape)}`,
    shapes: [x.shape],
  });
}
