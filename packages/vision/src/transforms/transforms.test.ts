import { DataLoader, RandomStream, seedEverything, tf } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { ColorJitter } from "./color-jitter.js";
import { Compose } from "./compose.js";
import type { HostImage } from "./functional/planes.js";
import { Lambda } from "./lambda.js";
import { makeGrid } from "./make-grid.js";
import { Normalize } from "./normalize.js";
import { RandAugment } from "./rand-augment.js";
import { RandomCrop } from "./random-crop.js";
import { RandomErasing } from "./random-erasing.js";
import { RandomHorizontalFlip, RandomVerticalFlip } from "./random-flips.js";
import { RandomResizedCrop } from "./random-resized-crop.js";
import { RandomRotation } from "./random-rotation.js";
import { Resize } from "./resize.js";
import { ToTensor } from "./to-tensor.js";

/** Every pixel another number. */
function picture(width: number, height: number, channels = 1): HostImage {
  return {
    data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7) % 251),
    width,
    height,
    channels,
  };
}

const stream = (seed = 1) => RandomStream.fromSeed(seed, "test");

describe("random transforms", () => {
  const all = new Compose([
    new RandomResizedCrop(12),
    new RandomCrop(10, { padding: 2, paddingMode: "reflect" }),
    new RandomHorizontalFlip(),
    new RandomVerticalFlip(),
    new RandomRotation(30, { interpolation: "bilinear" }),
    new ColorJitter({ brightness: 0.5, contrast: [0.5, 2], saturation: 0.5, hue: 0.2 }),
    new ToTensor(),
    new RandomErasing({ value: "random" }),
  ]);

  it("are the same for the same stream, and others for another", () => {
    const of = (seed: number) => all.apply(picture(20, 16, 3), stream(seed));
    expect(of(1).values).toEqual(of(1).values);
    expect(of(1).values).not.toEqual(of(2).values);
    expect(of(1).shape).toEqual([3, 10, 10]);
  });

  it("draw from the stream that seedEverything seeds", () => {
    const once = () => {
      seedEverything(3);
      return all.apply(picture(20, 16, 3)).values;
    };
    expect(once()).toEqual(once());
  });

  it("leave the image that they get as it is", () => {
    const image = picture(20, 16, 3);
    const tensor = new ToTensor().apply(image);
    const [bytes, values] = [image.data.slice(), tensor.values.slice()];
    all.apply(image, stream());
    all.apply(tensor, stream());
    expect(image.data).toEqual(bytes);
    expect(tensor.values).toEqual(values);
  });

  it("take every part of the image, all equally often", () => {
    const seen = new Map<number, number>();
    const [crop, random, count] = [new RandomCrop(2), stream(), 3000];
    for (let i = 0; i < count; i += 1) {
      const [first = -1] = crop.apply(picture(4, 3), random).data;
      seen.set(first, (seen.get(first) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const times of seen.values()) expect(Math.abs(times - count / 6)).toBeLessThan(5 * Math.sqrt(count / 6));
  });

  it("happen as often as they should", () => {
    const [flip, random] = [new RandomHorizontalFlip({ p: 0.2 }), stream()];
    const image = picture(2, 1);
    const flips = Array.from({ length: 2000 }, () => flip.apply(image, random).data[0] !== image.data[0]);
    expect(Math.abs(flips.filter(Boolean).length - 400)).toBeLessThan(90);
    expect(new RandomErasing({ p: 0 }).apply(image, random)).toEqual(image);
  });

  it("erase a part of the area that was asked for", () => {
    const tensor = new ToTensor().apply({ data: new Uint8Array(400).fill(255), width: 20, height: 20, channels: 1 });
    const erase = new RandomErasing({ p: 1, scale: [0.1, 0.2] });
    const random = stream();
    for (let i = 0; i < 100; i += 1) {
      const gone = [...erase.apply(tensor, random).values].filter((value) => value === 0).length / 400;
      expect(gone).toBeGreaterThan(0.07);
      expect(gone).toBeLessThan(0.24);
    }
  });

  it("have the same pixels after a loader's position was restored", async () => {
    const augment = new Compose([new RandomCrop(4, { padding: 1 }), new ToTensor()]);
    const dataset = { length: 6, get: () => augment.apply(picture(4, 4)) };
    seedEverything(4);
    const first = [];
    for await (const batch of new DataLoader(dataset, { batchSize: 2 })) first.push([...batch.values]);
    seedEverything(4);
    const again = [];
    for await (const batch of new DataLoader(dataset, { batchSize: 2 })) again.push([...batch.values]);
    expect(again).toEqual(first);
  });
});

describe("single transforms", () => {
  it("RandAugment changes images of bytes, the same way for the same stream, and not at all without changes", () => {
    const image = picture(16, 12, 3);
    const augment = new RandAugment({ magnitude: 20, interpolation: "bilinear", fill: 7 });
    const of = (seed: number) => augment.apply(image, stream(seed)).data;
    const made = Array.from({ length: 60 }, (_, seed) => of(seed));
    expect(made.map((_, seed) => of(seed))).toEqual(made);
    expect(new Set(made.map((data) => data.join())).size).toBeGreaterThan(40);
    expect(new RandAugment({ numOps: 0 }).apply(image)).toEqual(image);
    expect(() => augment.apply(new ToTensor().apply(image))).toThrow(/images of bytes.*ToTensor after it/);
    expect(() => new RandAugment({ magnitude: 31 })).toThrow(/magnitude is not usable.*0 to 30/);
  });

  it("RandomCrop pads what is too small if it may", () => {
    const made = new RandomCrop(8, { padIfNeeded: true, fill: 9 }).apply(picture(4, 4), stream());
    expect([made.width, made.height]).toEqual([8, 8]);
    expect([...made.data].filter((value) => value === 9).length).toBe(64 - 16);
    expect(() => new RandomCrop(8).apply(picture(4, 4))).toThrow(/larger than the image.*8 × 8.*4 × 4.*padIfNeeded/);
  });

  it("images of one pixel stay images", () => {
    const one = picture(1, 1, 3);
    const made = new Compose([new Resize(3), new RandomRotation(180), new RandomResizedCrop(2)]).apply(one, stream());
    expect([made.width, made.height, made.data.length]).toEqual([2, 2, 12]);
  });

  it("NaN stays NaN, and infinities do", () => {
    const tensor = new ToTensor().apply(picture(3, 1));
    tensor.values.set([Number.NaN, Number.POSITIVE_INFINITY, 1]);
    expect([...new Normalize([0.5], [0.5]).apply(tensor).values]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 1]);
  });

  it("Lambda gets the image and the stream", () => {
    const noise = new Lambda((image, random) =>
      "data" in image ? { ...image, data: image.data.map(() => random.integer(256)) } : image,
    );
    expect(noise.apply(picture(2, 2), stream())).toEqual(noise.apply(picture(2, 2), stream()));
  });
});

describe("what cannot be done is refused", () => {
  it.each([
    ["no image", () => new Resize(3).apply(Reflect.apply(JSON.parse, undefined, ["{}"])), /This is no image.*Received/],
    ["too few bytes", () => new Resize(3).apply({ ...picture(2, 2), width: 3 }), /4 bytes for width 3, height 2/],
    [
      "bytes to be normalized",
      () => new Normalize([0.5], [0.5]).apply(picture(2, 2)),
      /an image of bytes.*ToTensor before it/,
    ],
    [
      "other channels",
      () => new Normalize([1, 2], [1, 2]).apply(new ToTensor().apply(picture(2, 2))),
      /2, 2.*1 channels/,
    ],
    ["four channels", () => new ColorJitter({ hue: 0.5 }).apply(picture(2, 2, 4)), /4 channels.*transparency/],
    ["an unknown option", () => Reflect.construct(RandomCrop, [3, { pad: 1 }]), /RandomCrop has no option "pad"/],
    ["a size of zero", () => new Resize(0), /Resize's size is not usable.*Received 0/],
    ["a p of two", () => new RandomHorizontalFlip({ p: 2 }), /RandomHorizontalFlip's p is not usable/],
    ["a hue of one", () => new ColorJitter({ hue: 1 }), /ColorJitter's hue is not usable.*-0.5 to 0.5/],
    ["a deviation of zero", () => new Normalize([0], [0]), /Normalize's std is not usable/],
    [
      "an unknown interpolation",
      () => Reflect.construct(Resize, [3, { interpolation: "lanczos" }]),
      /"nearest", "bilinear"/,
    ],
    ["a grid of nothing", () => makeGrid([]), /no images/],
    [
      "a grid of a tensor",
      () => makeGrid(Object(tf.ones([4, 3, 2, 2]))),
      /a tensor of shape \[4, 3, 2, 2\]. Try: await/,
    ],
    ["a grid of tensors", () => makeGrid([Object(tf.ones([3, 2, 2]))]), /Received a tensor of shape \[3, 2, 2\]/],
    ["a grid of one image", () => makeGrid(Object(tf.buffer([3, 2, 2]))), /images on the host/],
    [
      "a grid of several shapes",
      () => makeGrid([picture(2, 2), picture(3, 2)].map((image) => new ToTensor().apply(image))),
      /one shape.*\[1, 2, 2\] and \[1, 2, 3\]/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});
