import { expect, it } from "vitest";
import { spreadOf } from "./spread.js";
import { pageOf } from "./page.js";
import type { StepReport } from "./step-report.js";

const measured = { isMeasured: true, description: "", stepsPerTurn: 1, hostMs: null, firstMs: 9, losses: [] } as const;
const REPORT: StepReport = {
  machine: { cpu: "A <fast> one", cores: 2, memoryGiB: 8, platform: "linux x64", node: "20.20.2" },
  speed: { multiplicationsPerMs: 4e7, bytesPerMs: 1e7 },
  options: { threads: 2, rounds: 3, turnMs: 400 },
  workloads: [
    {
      name: "mlp",
      description: "two layers",
      limitMs: 2,
      coresApartNs: spreadOf([60, 58, 350]),
      results: [
        { ...measured, peer: "onnxruntime", stepMs: spreadOf([4, 5, 6]), cpuMs: spreadOf([8]) },
        { ...measured, peer: "pytorch", stepMs: spreadOf([8, 10, 12]), cpuMs: spreadOf([16]) },
        { peer: "wasm", isMeasured: false, reason: 'no "wasm" here' },
      ],
    },
  ],
};

it("draws every peer beside the slowest quartile, with its ratio to PyTorch", () => {
  const page = pageOf(REPORT);
  expect(page).toContain('class="bar" style="width:45.45%"');
  expect(page).toContain("5.00 ms, 0.50 of PyTorch");
  expect(page).toContain('class="limit" style="left:18.18%"');
  expect(page).toContain("products 80 GFLOP/s, memory 10.0 GB/s");
  expect(page).toContain("From one core to another and back: 60 ns (58 – 350).");
});

it("says why a peer is not there, and shows signs of HTML as they are", () => {
  const page = pageOf(REPORT);
  expect(page).toContain("no &quot;wasm&quot; here");
  expect(page).toContain("A &lt;fast&gt; one");
});
