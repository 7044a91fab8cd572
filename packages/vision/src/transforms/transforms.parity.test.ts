import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CenterCrop } from "./center-crop.js";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, toGrey } from "./functional/color.js";
import { flipHorizontally, flipVertically, pad, type PaddingMode } from "./functional/crop.js";
import { ofPlanes, toPlanes, type AnyImage, type ImageTensor, type Planes } from "./functional/planes.js";
import type { Interpolation } from "./functional/resize.js";
import { rotation, shear, translation, warp } from "./functional/warp.js";
import { adjustSharpness } from "./functional/sharpness.js";
import { autoContrast, equalize, posterize, solarize } from "./functional/tones.js";
import { makeGrid } from "./make-grid.js";
import { Normalize } from "./normalize.js";
import type { Size } from "./options.js";
import { Resize } from "./resize.js";

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Options {
  readonly size: Size;
  readonly interpolation: Interpolation;
  readonly padding: readonly [number, number, number, number];
  readonly mode: PaddingMode;
  readonly degrees: number;
  readonly factor: number;
  readonly channels: 1 | 3;
  readonly x: number;
  readonly y: number;
  readonly bits: number;
  readonly threshold: number;
}

interface Recorded {
  readonly picture: Numbers;
  /** An image in which one channel is dark and one has a single number. */
  readonly wide: Numbers;
  readonly cases: readonly { name: string; options: Options; kind: "bytes" | "tensor"; result: Numbers }[];
  readonly images: Readonly<Record<string, Numbers>>;
  readonly grids: readonly { source: string; options: Record<string, unknown>; result: Numbers }[];
}

// What tests/parity/record_transforms.py recorded from torchvision.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/transforms.json", import.meta.url), "utf8"));

const tensor = ({ shape, values }: Numbers): ImageTensor => {
  const [channels = 0, height = 0, width = 0] = shape;
  return new TensorBuffer<Rank.R3, "float32">([channels, height, width], "float32", Float32Array.from(values));
};
const unit: ImageTensor = tensor({ ...recorded.picture, values: recorded.picture.values.map((byte) => byte / 255) });
const bytesOf = (numbers: Numbers): AnyImage =>
  ofPlanes({ ...toPlanes(tensor(numbers)), white: 255 }, { data: new Uint8Array(), width: 0, height: 0, channels: 0 });
const images = { bytes: bytesOf(recorded.picture), tensor: unit, wide: bytesOf(recorded.wide) };

const changes: Readonly<Record<string, (planes: Planes, options: Options) => Planes>> = {
  pad: (planes, { padding: [left, top, right, bottom], mode }) => pad(planes, { left, top, right, bottom }, mode, 0),
  rotate: (planes, { degrees, interpolation }) =>
    warp(planes, rotation(degrees), interpolation === "nearest" ? "nearest" : "bilinear", 0),
  shear: (planes, { x, y }) => warp(planes, shear(x, y, planes), "nearest", 0),
  translate: (planes, { x, y }) => warp(planes, translation(x, y), "nearest", 0),
  sharpness: (planes, { factor }) => adjustSharpness(planes, factor),
  posterize: (planes, { bits }) => posterize(planes, bits),
  solarize: (planes, { threshold }) => solarize(planes, threshold),
  autoContrast,
  equalize,
  hflip: flipHorizontally,
  vflip: flipVertically,
  brightness: (planes, { factor }) => adjustBrightness(planes, factor),
  contrast: (planes, { factor }) => adjustContrast(planes, factor),
  saturation: (planes, { factor }) => adjustSaturation(planes, factor),
  hue: (planes, { factor }) => adjustHue(planes, factor),
  grayscale: (planes, { channels }) => toGrey(planes, channels),
};

function changed(image: AnyImage, name: string, options: Options): AnyImage {
  if (name === "resize") return new Resize(options.size, { interpolation: options.interpolation }).apply(image);
  if (name === "centerCrop") return new CenterCrop(options.size).apply(image);
  if (name === "normalize") return new Normalize([0.4, 0.5, 0.6], [0.2, 0.3, 0.4]).apply(image);
  const change = changes[name];
  if (change === undefined) throw new Error(name);
  return ofPlanes(change(toPlanes(image), options), image);
}

/** Bytes may be one off: PyTorch scales them with integers, and adds float32 numbers in another order. */
describe("transforms as torchvision's", () => {
  it.each(recorded.cases)("$name $options of $kind", ({ name, options, kind, result }) => {
    const planes = toPlanes(changed(images[kind], name, options));
    expect([planes.channels, planes.height, planes.width]).toEqual(result.shape);
    const most = Math.max(...planes.values.map((value, i) => Math.abs(value - (result.values[i] ?? Number.NaN))));
    expect(most).toBeLessThanOrEqual(kind === "tensor" ? 2e-6 : 1);
  });
});

describe("makeGrid as torchvision's", () => {
  it.each(recorded.grids)("of $source with $options", ({ source, options, result }) => {
    const images = recorded.images[source] ?? { shape: [], values: [] };
    const [count = 0, channels = 0, height = 0, width = 0] = images.shape;
    const batch = new TensorBuffer<Rank.R4, "float32">(
      [count, channels, height, width],
      "float32",
      Float32Array.from(images.values),
    );
    const camel = Object.entries(options).map(([name, value]) => [
      name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]);
    const grid = makeGrid(batch, Object.fromEntries(camel));
    expect(grid.shape).toEqual(result.shape);
    for (const [i, value] of result.values.entries()) expect(grid.values[i]).toBeCloseTo(value, 5);
  });
});
