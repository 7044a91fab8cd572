import { DataLoader, type RandomStream } from "@lightning-ts/core";
import { nodeFiles } from "@lightning-ts/fabric/node";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf } from "../errors/error-of-under-test.js";
import { decodeImage } from "./decode-image.js";
import { ImageFolder } from "./image-folder.js";

interface Recorded {
  readonly files: readonly {
    readonly name: string;
    readonly base64: string;
    readonly width: number;
    readonly height: number;
    readonly colours: readonly number[];
    readonly grey: readonly number[];
  }[];
}

// What tests/parity/record_images.py recorded from Pillow.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/images.json", import.meta.url), "utf8"));
const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(Buffer.from(recorded.files.find((file) => file.name === name)!.base64, "base64"));
const decoders = ["sharp", "javascript"] as const;
const files = nodeFiles();

/** Decoders of JPEG round differently, and spread halved colours in different ways. */
const tolerance = (name: string): number => (name.endsWith(".png") ? 0 : name.startsWith("halved") ? 24 : 3);

describe.each(decoders)("decodeImage with %s gives the pixels of Pillow", (decoder) => {
  it.each(recorded.files)("$name", async ({ name, width, height, colours, grey }) => {
    for (const [channels, expected] of [
      [3, colours],
      [1, grey],
    ] as const) {
      const image = await decodeImage(bytesOf(name), name, { channels, decoder });
      expect([image.width, image.height, image.channels, image.data.length]).toEqual([
        ...[width, height, channels, width * height * channels],
      ]);
      const worst = Math.max(...expected.map((value, i) => Math.abs(value - (image.data[i] ?? Number.NaN))));
      expect(worst).toBeLessThanOrEqual(tolerance(name));
    }
  });

  it("and names files that are cut, changed or empty", async () => {
    for (const name of ["colours.png", "colours.jpg"]) {
      const bytes = bytesOf(name);
      const error = await errorOf(decodeImage(bytes.subarray(0, bytes.length >> 1), name, { decoder }));
      expect(error).toMatchObject({ path: name, code: "LIT_DATA_FILE" });
    }
    await errorOf(decodeImage(new Uint8Array(), "empty.png", { decoder }));
    await errorOf(decodeImage(new TextEncoder().encode("<html>"), "page.png", { decoder }));
    const changed = bytesOf("grey.png");
    changed[50] = (changed[50] ?? 0) ^ 0xff;
    await errorOf(decodeImage(changed, "changed.png", { decoder }));
  });
});

describe("ImageFolder", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "image-folder-"));
    for (const [folder, name, source] of [
      ["owl", "2.png", "colours.png"],
      ["owl", "1.PNG", "palette.png"],
      ["bat/more", "3.png", "small palette.png"],
      ["bat", "4.png", "colours.png"],
    ] as const) {
      await mkdir(join(root, folder), { recursive: true });
      await writeFile(join(root, folder, name), bytesOf(source));
    }
    await writeFile(join(root, "owl", "notes.txt"), "no image");
    await writeFile(join(root, "README.md"), "no class");
  });
  afterAll(() => rm(root, { recursive: true }));

  it("finds classes and images, sorted, also in folders below", async () => {
    const data = await ImageFolder.open(root, { files });
    expect(data.classes).toEqual(["bat", "owl"]);
    expect(data.samples.map(({ path, label }) => [path.slice(root.length), label])).toEqual([
      ["/bat/4.png", 0],
      ["/bat/more/3.png", 0],
      ["/owl/1.PNG", 1],
      ["/owl/2.png", 1],
    ]);
  });

  it("gives tensors from 0 to 1 and labels, in batches of a loader", async () => {
    const data = await ImageFolder.open(root, { files });
    const [image, label] = await data.get(3);
    const pixels = recorded.files.find(({ name }) => name === "colours.png")!.colours;
    expect([image.shape, image.dtype, label.values[0]]).toEqual([[3, 7, 5], "float32", 1]);
    expect(image.values[0]).toBe(Math.fround((pixels[0] ?? 0) / 255));
    expect(image.values[35]).toBe(Math.fround((pixels[1] ?? 0) / 255));
    for await (const [images, labels] of new DataLoader(data, { batchSize: 4 }))
      expect([images.shape, [...labels.values]]).toEqual([
        [4, 3, 7, 5],
        [0, 0, 1, 1],
      ]);
  });

  it("changes images by a function or a transform, with the random numbers of the item", async () => {
    const grey = await ImageFolder.open(root, { files, channels: 1, transform: ({ data }) => Float32Array.from(data) });
    expect((await grey.get(3))[0]).toEqual(
      Float32Array.from(recorded.files.find(({ name }) => name === "colours.png")!.grey),
    );
    const noisy = { apply: (_image: unknown, random?: RandomStream) => random?.uniform() ?? -1 };
    const data = await ImageFolder.open(root, { files, transform: noisy });
    expect((await data.get(0))[0]).toBe(-1);
    const numbers = async () => {
      for await (const [values] of new DataLoader(data, { batchSize: 4 })) return [...values.values];
      return [];
    };
    expect(new Set(await numbers()).size).toBe(4);
  });

  it("names a damaged image, and folders without classes or images", async () => {
    const other = await mkdtemp(join(tmpdir(), "image-folder-"));
    expect((await errorOf(ImageFolder.open(join(other, "none"), { files }))).message).toContain("no such folder");
    expect((await errorOf(ImageFolder.open(other, { files }))).message).toContain("there are no folders of classes");
    await mkdir(join(other, "a"));
    expect((await errorOf(ImageFolder.open(other, { files }))).message).toContain("this class has no images");
    await writeFile(join(other, "a", "x.png"), "nothing");
    const data = await ImageFolder.open(other, { files });
    expect((await errorOf(data.get(0))).path).toBe(join(other, "a", "x.png"));
    await expect(data.get(1)).rejects.toThrow("There is no item with this index");
    await expect(ImageFolder.open(other, Object({ files, transforms: [] }))).rejects.toThrow(
      'has no option "transforms"',
    );
    await rm(other, { recursive: true });
  });
});
