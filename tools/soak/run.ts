/**
 * Trains for 20 000 steps (`--steps=N` for another number) and prints what the process holds; fails if it grows.
 * `--device=webgpu` trains on a GPU, a software one where there is no other.
 */
import { DEVICE_NAMES } from "../../packages/backend-onnxruntime/src/index.js";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";
import { findGrowth, soak } from "./soak.js";

const optionOf = (name: string) =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(`--${name}=`.length);
const steps = Number(optionOf("steps") ?? "20000");
const device = DEVICE_NAMES.find((name) => name === (optionOf("device") ?? "cpu"));
if (device === undefined) throw new RangeError(`--device is one of ${DEVICE_NAMES.join(", ")}.`);
if (device === "webgpu") useSoftwareGpu();

const COLUMNS = ["step", "tensors", "tensor bytes", "graphs", "buffers MB", "RSS MB", "ms a step"];
console.log(COLUMNS.map((name) => name.padStart(13)).join(""));
const samples = await soak({
  device,
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
