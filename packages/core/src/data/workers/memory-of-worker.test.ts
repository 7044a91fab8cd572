import { expect, it } from "vitest";
import { memoryOfWorker } from "./memory-of-worker.js";

const MB = 2 ** 20;

it("a worker that held much and kept taking more was running out of memory", () => {
  expect(memoryOfWorker({ halfway: 500 * MB, held: 900 * MB, left: 100 * MB })).toBe(
    " It was running out of memory: it held 800 MB of memory, and kept taking more.",
  );
});

it("of a worker whose memory stood still only the size is said, and nothing of a small one", () => {
  expect(memoryOfWorker({ halfway: 880 * MB, held: 900 * MB, left: 100 * MB })).toBe(" It held 800 MB of memory.");
  expect(memoryOfWorker({ halfway: 100 * MB, held: 150 * MB, left: 100 * MB })).toBe("");
});
