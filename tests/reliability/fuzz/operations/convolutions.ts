import { add, reshape } from "../reference/arithmetic.js";
import type { Bounded } from "../reference/bounded.js";
import { gatherBy } from "../reference/index-maps.js";
import { convolution, convolutionTransposed, type ConvGeometry } from "../reference/matrices.js";
import { sizeOf, stridesOf, walk } from "../reference/shapes.js";
import type { Draw } from "../program/draw.js";
import type { ValueKind } from "../program/values.js";
import type { Operation } from "./operation.js";

const KINDS: readonly ValueKind[] = ["normal", "ones", "whole", "tenths"];
const CPU = "tfjs' cpu backend adds products in another order, and lacks some gradients";

interface Drawn {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly space: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** A convolution that fits its input; the kernel's reach stays inside of it. */
function drawSizes(draw: Draw, dimensions: number): Drawn {
  const kernel = Array.from({ length: dimensions }, () => draw.tape.pick([2, 1, 3, 5]));
  const dilation = kernel.map(() => draw.tape.pick([1, 2, 3]));
  const isDilated = dilation.some((length) => length > 1);
  const stride = kernel.map(() => (isDilated ? 1 : draw.tape.pick([1, 2, 3])));
  const [batch, channels, filters] = [1 + draw.tape.below(3), 1 + draw.tape.below(4), 1 + draw.tape.below(5)];
  const cells = batch * channels * filters * sizeOf(kernel);
  const most = Math.max(
    2,
    Math.floor(Math.min(draw.budget / (batch * Math.max(channels, filters)), 6e6 / cells) ** (1 / dimensions)),
  );
  const space = kernel.map((length, axis) => (length - 1) * dilation[axis]! + 1 + draw.tape.below(most));
  return { batch, channels, filters, space, kernel, stride, dilation };
}

/** tfjs' lengths and paddings of "valid" and "same". */
function geometry(
  { space, kernel, stride, dilation }: Drawn,
  padding: "valid" | "same",
): { out: number[]; geometry: ConvGeometry } {
  const reach = kernel.map((length, axis) => (length - 1) * dilation[axis]! + 1);
  const out = space.map((length, axis) =>
    padding === "same" ? Math.ceil(length / stride[axis]!) : Math.floor((length - reach[axis]!) / stride[axis]!) + 1,
  );
  // Where strides are longer than windows, tfjs cuts the first places off in three dimensions: its padding is negative.
  const least = space.length === 3 ? -Infinity : 0;
  const before = space.map((length, axis) =>
    padding === "same" ? Math.floor(Math.max(least, (out[axis]! - 1) * stride[axis]! + reach[axis]! - length) / 2) : 0,
  );
  return { out, geometry: { stride, dilation, before, groups: 1 } };
}

/** The value with its axes in another order. */
export function permuted(value: Bounded, order: readonly number[]): Bounded {
  const strides = stridesOf(value.shape);
  const shape = order.map((axis) => value.shape[axis]!);
  return gatherBy(
    value,
    walk(
      shape,
      order.map((axis) => strides[axis]!),
    ),
    shape,
  );
}

const channelsFirst = (value: Bounded): Bounded =>
  permuted(value, [0, value.shape.length - 1, ...value.shape.slice(2).map((_, i) => i + 1)]);
const channelsLast = (value: Bounded): Bounded => permuted(value, [0, ...value.shape.slice(2).map((_, i) => i + 2), 1]);
/** [...kernel, Ci, Co] as [Co, Ci, ...kernel]. */
const filtersFirst = (value: Bounded): Bounded =>
  permuted(value, [value.shape.length - 1, value.shape.length - 2, ...value.shape.slice(2).map((_, i) => i)]);

/** tf.conv1d, conv2d, conv3d: channels last. */
const plain =
  (dimensions: 1 | 2 | 3): Operation =>
  (draw) => {
    const drawn = drawSizes(draw, dimensions);
    const padding = draw.tape.pick(["valid", "same"] as const);
    const { out, geometry: how } = geometry(drawn, padding);
    const x = draw.input({ shape: [drawn.batch, ...drawn.space, drawn.channels], kinds: KINDS, isFresh: true });
    const weight = draw.input({ shape: [...drawn.kernel, drawn.channels, drawn.filters], kinds: KINDS, isFresh: true });
    const text = (lengths: readonly number[]): string =>
      dimensions === 1 ? String(lengths[0]) : `[${lengths.join(", ")}]`;
    const format = { 1: "NWC", 2: "NHWC", 3: "NDHWC" }[dimensions];
    return {
      name: `conv${dimensions}d${drawn.dilation.some((length) => length > 1) ? " dilated" : ""}`,
      code: `tf.conv${dimensions}d($0, $1, ${text(drawn.stride)}, "${padding}", "${format}", ${text(drawn.dilation)})`,
      inputs: [x.index, weight.index],
      shape: [drawn.batch, ...out, drawn.filters],
      dtype: "float32",
      dependsOnThreads: true,
      cpuDiffers: CPU,
      reference: ([a, w]) => channelsLast(convolution(channelsFirst(a!), filtersFirst(w!), out, how)),
    };
  };

/** tf.depthwiseConv2d: weight [kh, kw, Ci, multiplier], every channel for itself. */
const depthwise: Operation = (draw) => {
  const drawn = drawSizes(draw, 2);
  const multiplier = 1 + draw.tape.below(2);
  const padding = draw.tape.pick(["valid", "same"] as const);
  // tfjs' depthwise convolution strides both axes alike.
  const stride = [drawn.stride[0]!, drawn.stride[0]!];
  const { out, geometry: how } = geometry({ ...drawn, stride }, padding);
  const x = draw.input({ shape: [drawn.batch, ...drawn.space, drawn.channels], kinds: KINDS, isFresh: true });
  const weight = draw.input({ shape: [...drawn.kernel, drawn.channels, multiplier], kinds: KINDS, isFresh: true });
  return {
    name: `depthwiseConv2d${drawn.dilation.some((length) => length > 1) ? " dilated" : ""}`,
    code: `tf.depthwiseConv2d($0, $1, [${stride.join(", ")}], "${padding}", "NHWC", [${drawn.dilation.join(", ")}])`,
    inputs: [x.index, weight.index],
    shape: [drawn.batch, ...out, drawn.channels * multiplier],
    dtype: "float32",
    dependsOnThreads: true,
    cpuDiffers: CPU,
    reference: ([a, w]) => {
      const filters = reshape(permuted(w!, [2, 3, 0, 1]), [drawn.channels * multiplier, 1, ...drawn.kernel]);
      return channelsLast(convolution(channelsFirst(a!), filters, out, { ...how, groups: drawn.channels }));
    },
  };
};

/** F.conv1d, conv2d, conv3d: channels first, groups, symmetric padding. */
const functional =
  (dimensions: 1 | 2 | 3): Operation =>
  (draw) => {
    const drawn = drawSizes(draw, dimensions);
    const groups = draw.tape.pick([1, 2, 3]);
    const before = drawn.kernel.map(() => draw.tape.below(3));
    const stride = drawn.kernel.map(() => draw.tape.pick([1, 2, 3]));
    const out = drawn.space.map(
      (length, axis) =>
        Math.floor(
          (length + 2 * before[axis]! - (drawn.kernel[axis]! - 1) * drawn.dilation[axis]! - 1) / stride[axis]!,
        ) + 1,
    );
    const x = draw.input({
      shape: [drawn.batch, drawn.channels * groups, ...drawn.space],
      kinds: KINDS,
      isFresh: true,
    });
    const weight = draw.input({
      shape: [drawn.filters * groups, drawn.channels, ...drawn.kernel],
      kinds: KINDS,
      isFresh: true,
    });
    const bias = draw.input({ shape: [drawn.filters * groups], kinds: KINDS });
    const text = (lengths: readonly number[]): string => `[${lengths.join(", ")}]`;
    return {
      name: `F.conv${dimensions}d`,
      code: `F.conv${dimensions}d($0, $1, $2, { stride: ${text(stride)}, padding: ${text(before)}, dilation: ${text(drawn.dilation)}, groups: ${groups} })`,
      inputs: [x.index, weight.index, bias.index],
      shape: [drawn.batch, drawn.filters * groups, ...out],
      dtype: "float32",
      dependsOnThreads: true,
      cpuDiffers: CPU,
      reference: ([a, w, b]) =>
        add(
          convolution(a!, w!, out, { stride, dilation: drawn.dilation, before, groups }),
          reshape(b!, [b!.size, ...out.map(() => 1)]),
        ),
    };
  };

/** F.convTranspose2d: the input's gradient of a convolution, as an operation. */
const transposed: Operation = (draw) => {
  const drawn = drawSizes(draw, 2);
  const groups = draw.tape.pick([1, 2]);
  const stride = drawn.kernel.map(() => draw.tape.pick([1, 2, 3]));
  const reach = drawn.kernel.map((length, axis) => (length - 1) * drawn.dilation[axis]! + 1);
  const before = reach.map((length) => draw.tape.below(Math.min(3, length)));
  const extra = stride.map((step, axis) => draw.tape.below(Math.max(step, drawn.dilation[axis]!)));
  const out = drawn.space.map((length, axis) =>
    Math.max(1, (length - 1) * stride[axis]! - 2 * before[axis]! + reach[axis]! + extra[axis]!),
  );
  const x = draw.input({ shape: [drawn.batch, drawn.channels * groups, ...drawn.space], kinds: KINDS, isFresh: true });
  const weight = draw.input({
    shape: [drawn.channels * groups, drawn.filters, ...drawn.kernel],
    kinds: KINDS,
    isFresh: true,
  });
  const text = (lengths: readonly number[]): string => `[${lengths.join(", ")}]`;
  return {
    name: "F.convTranspose2d",
    code: `F.convTranspose2d($0, $1, undefined, { stride: ${text(stride)}, padding: ${text(before)}, outputPadding: ${text(extra)}, dilation: ${text(drawn.dilation)}, groups: ${groups} })`,
    inputs: [x.index, weight.index],
    shape: [drawn.batch, drawn.filters * groups, ...out],
    dtype: "float32",
    dependsOnThreads: true,
    cpuDiffers: CPU,
    reference: ([a, w]) =>
      convolutionTransposed(a!, w!, [drawn.batch, drawn.filters * groups, ...out], {
        stride,
        dilation: drawn.dilation,
        before,
        groups,
      }),
  };
};

export const CONVOLUTIONS: readonly Operation[] = [
  plain(1),
  plain(2),
  plain(3),
  depthwise,
  functional(1),
  functional(2),
  functional(3),
  transposed,
];
