import { nodeFiles } from "@lightning-ts/fabric/node";
import { TensorDataset } from "@lightning-ts/core";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../errors/error-of-under-test.js";
import type { DataArray } from "./data-array.js";
import { readCifar } from "./read-cifar.js";
import { readIdx } from "./read-idx.js";
import { readNpy } from "./read-npy.js";
import { readNpz } from "./read-npz.js";

interface RecordedArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}

interface Recorded {
  readonly files: readonly (RecordedArray & { readonly name: string; readonly base64: string })[];
  readonly archives: readonly {
    readonly name: string;
    readonly base64: string;
    readonly arrays: Readonly<Record<string, RecordedArray>>;
  }[];
}

// What tests/parity/record_arrays.py recorded from numpy.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/numpy.json", import.meta.url), "utf8"));
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const fileOf = (name: string): Uint8Array => bytesOf(recorded.files.find((file) => file.name === name)!.base64);

function expectArray({ type, shape, values }: DataArray, expected: RecordedArray): void {
  expect(shape).toEqual(expected.shape);
  const plain = Array.from(values as ArrayLike<number | bigint | string>, (value) => {
    if (type === "bool") return value === 1;
    if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  });
  expect(plain).toEqual(expected.values);
}

describe("readNpy reads what numpy.save wrote", () => {
  it.each(recorded.files)("$name, $dtype", async ({ base64, ...expected }) => {
    expectArray(await readNpy(bytesOf(base64)), expected);
  });

  it("with the file's own memory where it lies right, and by path", async () => {
    const bytes = fileOf("bytes");
    const { values } = await readNpy(bytes);
    expect(values instanceof Uint8Array && values.buffer === bytes.buffer).toBe(true);
    const shifted = new Uint8Array(fileOf("doubles").length + 1);
    shifted.set(fileOf("doubles"), 1);
    expect((await readNpy(shifted.subarray(1))).values).toEqual((await readNpy(fileOf("doubles"))).values);
    const folder = await mkdtemp(join(tmpdir(), "npy-"));
    await writeFile(join(folder, "a.npy"), bytes);
    expect((await readNpy(join(folder, "a.npy"), { files: nodeFiles() })).values).toEqual(values);
    await rm(folder, { recursive: true });
  });

  it("as tensors for a TensorDataset", async () => {
    const tensor = async (name: string) => (await readNpy(fileOf(name))).tensor();
    const dtypes = ["floats", "doubles", "halves", "bytes", "shorts", "integers", "flags", "words"];
    expect(await Promise.all(dtypes.map(async (name) => (await tensor(name)).dtype))).toEqual([
      ...["float32", "float32", "float32", "int32", "int32", "int32", "bool", "string"],
    ]);
    const data = new TensorDataset(await tensor("bytes"), await tensor("shorts"));
    expect(data.getBatch([1]).map(({ shape }) => shape)).toEqual([
      [1, 3, 4],
      [1, 2],
    ]);
    await expect(tensor("unsigned")).rejects.toThrow("position 0 that no int32 holds. Received 4294967295");
    await expect(tensor("longs")).rejects.toThrow("Received 4611686018427387904");
  });
});

describe("readNpz reads what numpy.savez wrote", () => {
  it.each(recorded.archives)("$name", async ({ base64, arrays }) => {
    const found = await readNpz(bytesOf(base64));
    expect([...found.keys()]).toEqual(Object.keys(arrays));
    for (const [name, expected] of Object.entries(arrays)) expectArray(found.get(name)!, expected);
    expect([...(await readNpz(bytesOf(base64), { names: ["bytes"] })).keys()]).toEqual(["bytes"]);
  });

  it("and names what is damaged: a changed byte, an end that is missing, an array that is not there", async () => {
    for (const { base64 } of recorded.archives) {
      const bytes = bytesOf(base64);
      const changed = bytes.slice();
      changed[100] = (changed[100] ?? 0) ^ 1;
      expect((await errorOf(readNpz(changed))).message).toMatch(/checksum|deflated|inflates/);
      expect((await errorOf(readNpz(bytes.subarray(0, bytes.length - 30)))).message).toContain(
        "zip file cannot be read",
      );
      expect((await errorOf(readNpz(bytes, { names: ["nothing"] }))).message).toContain(
        'no member called "nothing.npy"',
      );
    }
    expect((await errorOf(readNpz(fileOf("bytes")))).message).toContain("a zip file of .npy files");
  });
});

describe("damaged .npy files are named", () => {
  it("where they are cut, too long, or begin with something else", async () => {
    const bytes = fileOf("doubles");
    expect(await errorOf(readNpy(bytes.subarray(0, bytes.length - 1)))).toMatchObject({ offsetBytes: 128 });
    expect((await errorOf(readNpy(Uint8Array.from([...bytes, 0])))).message).toContain(
      "Expected 56 bytes for the shape [7]",
    );
    expect((await errorOf(readNpy(bytes.subarray(0, 40)))).message).toContain("header of the .npy file is cut off");
    expect((await errorOf(readNpy(bytes.subarray(0, 4)))).message).toContain("no .npy file");
    expect((await errorOf(readNpy(bytesOf(recorded.archives[0]!.base64)))).message).toContain("readNpz");
  });

  it("where they hold what cannot be read", async () => {
    const with_ = (descr: string) => {
      const bytes = fileOf("one").slice();
      const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': (), }`.padEnd(117);
      bytes.set(new TextEncoder().encode(text), 10);
      return bytes;
    };
    expect((await errorOf(readNpy(with_("'<c8'")))).message).toContain("array.real and array.imag");
    expect((await errorOf(readNpy(with_("'|O'")))).message).toContain('arrays of type "|O" are not read');
    expect((await errorOf(readNpy(with_("'<M8[ns]'")))).message).toContain("for times");
    expect((await errorOf(readNpy(with_("[('a', '<f4')]")))).message).toContain("each field of the structured array");
  });
});

describe("readIdx", () => {
  const header = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];

  it("reads bytes and numbers in the order of big machines", async () => {
    const bytes = await readIdx(Uint8Array.from([...header, 1, 2, 3, 4, 5, 6]));
    expect([bytes.shape, [...(bytes.values as Uint8Array)]]).toEqual([
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ]);
    const wide = await readIdx(Uint8Array.from([0, 0, 0x0b, 1, 0, 0, 0, 2, 1, 2, 255, 254]));
    expect([wide.type, [...(wide.values as Int16Array)]]).toEqual(["int16", [258, -2]]);
    const float = await readIdx(Uint8Array.from([0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0x80, 0, 0]));
    expect(float.values).toEqual(Float32Array.of(1));
  });

  it("names files that are shorter or longer than they say, or of another kind", async () => {
    expect((await errorOf(readIdx(Uint8Array.from([...header, 1, 2])))).message).toContain(
      "byte 12: the file does not hold as many values as its header says. Expected 6 bytes for the shape [2, 3]. Received 2",
    );
    expect((await errorOf(readIdx(Uint8Array.from(header.slice(0, 9))))).message).toContain("ends inside its header");
    expect((await errorOf(readIdx(Uint8Array.of(0x1f, 0x8b, 8, 0)))).message).toContain("gunzip");
    expect((await errorOf(readIdx(new Uint8Array(2)))).message).toContain("no IDX file");
  });
});

describe("readCifar", () => {
  /** Labels before pixels that all have the number of the image. */
  const file = (...records: readonly (readonly number[])[]) =>
    Uint8Array.from(records.flatMap((labels, i) => [...labels, ...Array.from({ length: 3072 }, () => i)]));

  it("reads images and labels of several files", async () => {
    const { images, labels, coarseLabels } = await readCifar([file([3], [9]), file([0])]);
    expect([images.shape, images.type, labels.values, coarseLabels.values]).toEqual([
      [3, 3, 32, 32],
      "uint8",
      Uint8Array.of(3, 9, 0),
      Uint8Array.of(3, 9, 0),
    ]);
    expect([images.values[0], images.values[3072], images.values[6143], images.values[6144]]).toEqual([0, 1, 1, 0]);
    const hundred = await readCifar(file([19, 99], [4, 30]), { classes: 100 });
    expect([hundred.labels.values, hundred.coarseLabels.values]).toEqual([Uint8Array.of(99, 30), Uint8Array.of(19, 4)]);
  });

  it("names a file that ends within an image, or has a label that is none", async () => {
    const cut = await errorOf(readCifar(file([1], [2]).subarray(0, 5000)));
    expect(cut).toMatchObject({ offsetBytes: 3073 });
    expect(cut.message).toContain("Received 1927 more than for 1 images");
    const label = await errorOf(readCifar([file([1]), file([2], [10])]));
    expect(label).toMatchObject({ row: 1, offsetBytes: 3073 });
    expect((await errorOf(readCifar(file([20, 3]), { classes: 100 }))).message).toContain("from 0 to 19. Received 20");
  });
});
