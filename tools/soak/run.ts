/** Trains for 20 000 steps (`--steps=N` for another number) and prints what the process holds; fails if it grows. */
import { findGrowth, soak } from "./soak.js";

const option = process.argv.find((word) => word.startsWith("--steps="));
const steps = Number(option?.slice("--steps=".length) ?? "20000");

const COLUMNS = ["step", "tensors", "tensor bytes", "graphs", "buffers MB", "RSS MB", "ms a step"];
console.log(COLUMNS.map((name) => name.padStart(13)).join(""));
const samples = await soak({
  steps,
  every: Math.max(1, Math.floor(steps / 20)),
  onSample({ step, tensors, tensorBytes, graphs, bufferBytes, rssBytes, stepMs }) {
    const cells = [
      step,
      tensors,
      tensorBytes,
      graphs,
      (bufferBytes / 1e6).toFixed(1),
      (rssBytes / 1e6).toFixed(1),
      stepMs.toFixed(3),
    ];
    console.log(cells.map((cell) => String(cell).padStart(13)).join(""));
  },
});
const growth = findGrowth(samples);
console.log(growth.length === 0 ? "level: nothing grew after the first quarter" : growth.join("\n"));
process.exitCode = growth.length === 0 ? 0 : 1;
