import { expect, it } from "vitest";
import { fuzzCheckpoints } from "./fuzz-checkpoints.js";
import { fuzzTorchFiles } from "./fuzz-torch-files.js";

it("reads changed files of torch.save, or refuses them by name, within a second each", async () => {
  const { findings, files, read, refused } = await fuzzTorchFiles({ seed: 1, files: 3000 });
  expect(findings).toEqual([]);
  expect(files).toBe(3000);
  // Both happen often: changes are neither lost nor always fatal.
  expect(read).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(1000);
});

it("reads changed checkpoints, headers and descriptions, or refuses them by name, within a second each", async () => {
  const { findings, files, read, refused } = await fuzzCheckpoints({ seed: 1, files: 3000 });
  expect(findings).toEqual([]);
  expect(files).toBe(3000);
  expect(read).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(1000);
});
