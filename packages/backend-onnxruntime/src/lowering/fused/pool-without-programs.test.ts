import { beforeAll, expect, it } from "vitest";
import { openGraphRunner } from "../../devices/open-graph-runner.js";
import { changedRunner } from "../../testing/changed-runner.js";
import { startBackend } from "../../testing/start-backend.js";
import { numbersOf, poolGradients } from "./testing/pool-gradients.js";
import { TestRandom } from "./testing/random-array.js";

beforeAll(async () => {
  // As devices with memory of their own are: graphs do everything.
  const without = { startProgram: undefined, startScatter: undefined, startOnPieces: undefined };
  await startBackend({ runner: changedRunner(openGraphRunner(), without) });
});

it("the gradient of a relu and a large pooling of 2 by 2 goes to the first of the largest", () => {
  const [width, planes] = [130, 64];
  const shape = [2, planes / 2, 66, width];
  const random = new TestRandom(3);
  const values = Float32Array.from({ length: planes * 66 * width }, () => random.integer(-2, 2));
  const slopes = Float32Array.from(random.array([2, planes / 2, 33, width / 2]).data);
  const found = numbersOf(poolGradients({ shape, values, slopes }, false).images);
  const expected = new Float32Array(values.length);
  slopes.forEach((slope, window) => {
    const corner = Math.floor(window / (width / 2)) * 2 * width + (window % (width / 2)) * 2;
    const covered = [corner, corner + 1, corner + width, corner + width + 1].map((i) => Math.max(0, values[i] ?? 0));
    const largest = Math.max(...covered);
    const first = covered.indexOf(largest);
    if (largest > 0) expected[corner + (first % 2) + (first > 1 ? width : 0)] = slope;
  });
  expect(found.findIndex((value, i) => value !== expected[i])).toBe(-1);
});
