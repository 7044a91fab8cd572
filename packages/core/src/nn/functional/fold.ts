import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { outputLengths, volume } from "../../kernels/conv-shapes.js";
import { reshape } from "../../kernels/reshape.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { fold as foldKernel, unfold as unfoldKernel } from "../../kernels/unfold.js";
import type { WindowAttributes } from "../../kernels/windows.js";
import type { tf } from "../../tensor/tf.js";
import { toLengths, type Size } from "../size.js";
import { checkFloats } from "./check-dtype.js";
import { withBatch } from "./with-batch.js";
import { wrongRank } from "./wrong-rank.js";

export interface FoldOptions {
  /** @default 1 */
  readonly dilation?: Size | undefined;
  /** @default 0 */
  readonly padding?: Size | undefined;
  /** @default 1 */
  readonly stride?: Size | undefined;
}

/** @throws MisconfigurationError for an option that folds do not have */
export function checkFoldOptions(owner: string, options: FoldOptions): void {
  checkOptions(owner, options, ["dilation", "padding", "stride"]);
}

/**
 * The windows of images as columns: x [N, C, H, W] or [C, H, W] -> [N, C · kh · kw, windows], by rows of the image.
 * @throws ShapeError
 */
export function unfold(
  x: tf.Tensor,
  kernelSize: Size,
  options: FoldOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("unfold", { x });
  refuseMore("unfold", more);
  checkFoldOptions("unfold", options);
  checkFloats("unfold", { input: x });
  return withBatch(x, 4, (batch) => {
    if (batch.rank !== 4) throw wrongRank("unfold", x, 2);
    const attrs = windowsOf(kernelSize, options);
    const [count = 0, channels = 0, ...space] = batch.shape;
    const lengths = outputLengths(space, attrs.kernel, attrs);
    if (lengths.some((length) => length < 1))
      throw new ShapeError({
        message: "unfold: the window is larger than the padded input.",
        expected: `an input with space for a window ${formatShape(attrs.kernel)}`,
        received: formatShape(x.shape),
        shapes: [x.shape],
      });
    const seen = runFusedSingle(unfoldKernel, { x: batch }, attrs);
    return reshape(seen, [count, channels * volume(attrs.kernel), volume(lengths)]);
  });
}

/**
 * Adds columns [N, C · kh · kw, windows], or without N, up to images [N, C, ...outputSize]: what several windows see is
 * the sum of theirs. @throws ShapeError
 */
export function fold(
  x: tf.Tensor,
  outputSize: Size,
  kernelSize: Size,
  options: FoldOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("fold", { x });
  refuseMore("fold", more);
  checkFoldOptions("fold", options);
  checkFloats("fold", { input: x });
  const space = toLengths(outputSize, 2, "outputSize");
  const attrs = windowsOf(kernelSize, options);
  const lengths = outputLengths(space, attrs.kernel, attrs);
  const size = volume(attrs.kernel);
  return withBatch(x, 3, (batch) => {
    const [count = 0, columns = 0, windows] = batch.shape;
    const fits = columns % size === 0 && lengths.every((length) => length > 0) && windows === volume(lengths);
    if (batch.rank !== 3 || !fits)
      throw new ShapeError({
        message: "fold: the columns do not fit the image.",
        expected: `[batch, channels · ${size}, ${lengths.join(" · ")} windows], or without the batch`,
        received: formatShape(x.shape),
        shapes: [x.shape],
      });
    const y = reshape(batch, [count, columns / size, size, ...lengths]);
    return runFusedSingle(foldKernel, { y }, { ...attrs, space });
  });
}

function windowsOf(kernelSize: Size, options: FoldOptions): WindowAttributes {
  return {
    kernel: toLengths(kernelSize, 2, "kernelSize"),
    stride: toLengths(options.stride ?? 1, 2, "stride"),
    dilation: toLengths(options.dilation ?? 1, 2, "dilation"),
    padding: toLengths(options.padding ?? 0, 2, "padding", 0).map((count): readonly [number, number] => [count, count]),
  };
}
