import { mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { digitFiles } from "./digit-files.js";
import { prepareDigits } from "./prepare-digits.js";

const labels = digitFiles.test.labels.name;
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "digits-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("fetches the four files once and reuses what verifies", async () => {
  expect(await prepareDigits(folder)).toEqual({ folder, isFresh: true });
  expect(await readdir(folder)).toHaveLength(4);
  const longAgo = new Date(0);
  await utimes(join(folder, labels), longAgo, longAgo);
  expect(await prepareDigits(folder)).toEqual({ folder, isFresh: false });
  expect((await stat(join(folder, labels))).mtimeMs).toBe(0);
});

it("fetches again what was cut short or changed", async () => {
  await truncate(join(folder, labels), 100);
  expect(await prepareDigits(folder)).toEqual({ folder, isFresh: true });
  await writeFile(join(folder, labels), new Uint8Array(digitFiles.test.labels.sizeBytes));
  expect(await prepareDigits(folder)).toEqual({ folder, isFresh: true });
  expect(await prepareDigits(folder)).toEqual({ folder, isFresh: false });
});

it("says what to set when the folder cannot be made", async () => {
  await writeFile(join(folder, "a-file"), "");
  await expect(prepareDigits(join(folder, "a-file", "mnist"))).rejects.toThrow("Try: set LIGHTNING_CACHE");
});
