import { nodeFiles } from "@lightning-ts/fabric/node";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import { decode } from "fast-png";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ImageTensor } from "./functional/planes.js";
import { saveImage, type SaveImageOptions } from "./save-image.js";

interface Recorded {
  readonly sources: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>;
  readonly files: readonly {
    readonly source: string;
    readonly options: SaveImageOptions;
    readonly shape: readonly number[];
    readonly pixels: readonly number[];
  }[];
}

// What tests/parity/record_save_image.py recorded from torchvision.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/save-image.json", import.meta.url), "utf8"));
const files = nodeFiles();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "save-image-"));
});
afterAll(() => rm(folder, { recursive: true }));

function imagesOf(source: string): ImageTensor | TensorBuffer<Rank.R4, "float32"> {
  const { shape, values } = recorded.sources[source]!;
  const [a = 0, b = 0, c = 0, d] = shape;
  const numbers = Float32Array.from(values);
  return d === undefined
    ? new TensorBuffer<Rank.R3, "float32">([a, b, c], "float32", numbers)
    : new TensorBuffer<Rank.R4, "float32">([a, b, c, d], "float32", numbers);
}

describe("saveImage writes the pixels of torchvision's save_image", () => {
  it.each(recorded.files)("$source with $options", async ({ source, options, shape, pixels }) => {
    const path = join(folder, "new", `${source}.png`);
    await saveImage(imagesOf(source), path, { ...options, files });
    const { width, height, channels, data } = decode(await readFile(path));
    expect([height, width, channels]).toEqual(shape);
    expect([...data]).toEqual(pixels);
  });
});

it("replaces a file that is there, and takes a list of images", async () => {
  const path = join(folder, "list.PNG");
  const image = (value: number) =>
    new TensorBuffer<Rank.R3, "float32">([3, 1, 1], "float32", new Float32Array(3).fill(value));
  await saveImage([image(0), image(1), image(0.5)], path, { files });
  await saveImage([image(1), image(0)], path, { files, padding: 0 });
  const { width, height, data } = decode(await readFile(path));
  expect([width, height, ...data]).toEqual([2, 1, 255, 255, 255, 0, 0, 0]);
});

it("refuses other kinds of files and unknown options before it writes anything", async () => {
  const one = imagesOf("one");
  await expect(saveImage(one, join(folder, "a.jpg"), { files })).rejects.toThrow("saveImage writes PNG files");
  await expect(saveImage(one, "a.png", Object({ files, nRow: 3 }))).rejects.toThrow('saveImage has no option "nRow"');
  await expect(saveImage([], join(folder, "a.png"), { files })).rejects.toThrow("no images");
});
