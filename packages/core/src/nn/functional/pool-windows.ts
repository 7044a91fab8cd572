import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { outputLengths } from "../../kernels/conv-shapes.js";
import type { tf } from "../../tensor/tf.js";
import { toLengths, type Size } from "../size.js";
import { wrongRank } from "./wrong-rank.js";

/** The windows of a pool, written out for one input. */
export interface PoolWindows {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly dilation: readonly number[];
}

export interface PoolWindowOptions {
  /** @default the kernel size */
  readonly stride?: Size | undefined;
  /** @default 0 */
  readonly padding?: Size | undefined;
  /** Whether the last window may reach over the end. @default false */
  readonly ceilMode?: boolean | undefined;
}

/**
 * The windows over [N, C, ...space]. With `ceilMode` there is more padding at the end, so that the last window fits; a
 * window that would begin in the padding there is left out, as in PyTorch.
 * @throws ShapeError; MisconfigurationError
 */
export function poolWindows(
  x: tf.Tensor,
  kernelSize: Size,
  options: PoolWindowOptions & { readonly dilation?: Size | undefined },
  dimensions: number,
): PoolWindows {
  const kernel = toLengths(kernelSize, dimensions, "kernelSize");
  const stride = toLengths(options.stride ?? kernel, dimensions, "stride");
  const dilation = toLengths(options.dilation ?? 1, dimensions, "dilation");
  const before = toLengths(options.padding ?? 0, dimensions, "padding", 0);
  if (x.rank !== dimensions + 2) throw wrongRank("pooling", x, dimensions);
  checkPadding(kernel, before, dilation);
  const padding = before.map((count, axis): readonly [number, number] => {
    const length = x.shape[axis + 2] ?? 0;
    const [step, reach] = [stride[axis] ?? 1, (dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1];
    if (options.ceilMode !== true || length + 2 * count < reach) return [count, count];
    const last = Math.ceil((length + 2 * count - reach) / step);
    const start = (last * step >= length + count ? last - 1 : last) * step;
    return [count, Math.max(count, start + reach - length - count)];
  });
  const windows = { kernelSize: kernel, stride, padding, dilation };
  if (outputLengths(x.shape.slice(2), kernel, windows).every((length) => length >= 1)) return windows;
  throw new ShapeError({
    message: "pooling: the window is larger than the padded input.",
    expected: `an input with space for a window ${formatShape(kernel)}`,
    received: formatShape(x.shape),
    shapes: [x.shape],
  });
}

/** A window that sees padding alone has no largest value and no average. */
function checkPadding(kernel: readonly number[], padding: readonly number[], dilation: readonly number[]): void {
  const most = kernel.map((length, axis) => Math.floor(((dilation[axis] ?? 1) * (length - 1) + 1) / 2));
  if (padding.every((before, axis) => before <= (most[axis] ?? 0))) return;
  throw new MisconfigurationError({
    message: "pooling: the padding is more than half of the window.",
    expected: `padding of at most ${JSON.stringify(most)}`,
    received: JSON.stringify(padding),
  });
}
