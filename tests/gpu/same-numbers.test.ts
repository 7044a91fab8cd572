import { describe, expect, it } from "vitest";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";
import { PARITY_MODELS } from "../../tools/gpu-check/target/parity-models.js";
import { parityTraining, worstDifference } from "../../tools/gpu-check/target/train-parity-model.js";

const STEPS = 50;

describe.skipIf(!useSoftwareGpu())("training on WebGPU", () => {
  for (const name of Object.keys(PARITY_MODELS)) {
    it(`gives the processor's weights after ${STEPS} steps of a tiny ${name}`, { timeout: 300_000 }, async () => {
      const train = parityTraining(name);
      const expected = await train("onnxruntime", STEPS);
      const received = await train("onnxruntime-webgpu", STEPS);
      expect(expected.losses.at(-1)).toBeLessThan(expected.losses[0] ?? 0);
      expect(worstDifference(expected, received).difference).toBeLessThan(1e-4);
    });

    it(`gives the same bits whenever a tiny ${name} is trained`, { timeout: 300_000 }, async () => {
      const train = parityTraining(name);
      const [first, second] = [await train("onnxruntime-webgpu", 5), await train("onnxruntime-webgpu", 5)];
      expect(worstDifference(first, second).difference).toBe(0);
      expect(second.losses).toEqual(first.losses);
    });
  }
});
