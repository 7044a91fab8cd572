import { expect, it } from "vitest";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";
import { findGrowth, soak } from "./soak.js";

it(
  "1 000 training steps with varying last batches hold no more tensors, graphs or buffers at the end than at a quarter",
  { timeout: 60_000 },
  async () => {
    const samples = await soak({ steps: 1000, every: 250, onSample: () => {} });
    // So short a run says nothing about the resident set.
    expect(findGrowth(samples, Number.POSITIVE_INFINITY)).toEqual([]);
    expect(samples[0]?.graphs).toBe(6);
  },
);

// 1 000 steps take a minute there: `pnpm soak --device=webgpu --steps=1000` goes through them.
it.skipIf(!useSoftwareGpu())(
  "as many last batches on a GPU, after fewer steps each, hold no more either",
  { timeout: 120_000 },
  async () => {
    const options = { device: "webgpu", steps: 120, stepsPerEpoch: 6, every: 30, onSample: () => {} } as const;
    const samples = await soak(options);
    expect(findGrowth(samples, Number.POSITIVE_INFINITY)).toEqual([]);
    expect(samples[0]?.graphs).toBe(6);
  },
);
