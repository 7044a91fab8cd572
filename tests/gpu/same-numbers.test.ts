import { describe, expect, it } from "vitest";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";
import { TINY_MODELS } from "./tiny-models.js";
import { trainTiny, worstDifference } from "./train-tiny.js";

const STEPS = 50;

describe.skipIf(!useSoftwareGpu())("training on WebGPU", () => {
  for (const name of Object.keys(TINY_MODELS)) {
    it(`gives the processor's weights after ${STEPS} steps of a tiny ${name}`, { timeout: 300_000 }, async () => {
      const expected = await trainTiny(name, "onnxruntime", STEPS);
      const received = await trainTiny(name, "onnxruntime-webgpu", STEPS);
      expect(expected.losses.at(-1)).toBeLessThan(expected.losses[0] ?? 0);
      expect(worstDifference(expected, received)).toBeLessThan(1e-4);
    });
  }
});
