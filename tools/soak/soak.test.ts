import { expect, it } from "vitest";
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
