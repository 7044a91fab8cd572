/**
 * Compares uploads through ordinary and through page-locked memory, their values and their times:
 * `uploads.mjs <cuda|webgpu>`. Prints one line of JSON. On WebGPU, which has no page-locked memory, ONNX Runtime's own
 * memory of the host takes its place: that rehearses the way, and gains nothing.
 */
import type { GraphBuffer } from "../../../packages/backend-onnxruntime/src/contract/graph-buffer.js";
import type { GraphRunner } from "../../../packages/backend-onnxruntime/src/contract/graph-runner.js";
import { GpuRunner } from "../../../packages/backend-onnxruntime/src/devices/gpu/gpu-runner.js";
import { openGraphRunner } from "../../../packages/backend-onnxruntime/src/devices/open-graph-runner.js";
import { webGpuDevice } from "../../../packages/backend-onnxruntime/src/devices/webgpu/webgpu-device.js";

const MEBIBYTE = 2 ** 20;
const SIZES = { cuda: [1 / 16, 1, 16, 64], webgpu: [1 / 16, 1] };
/** Arrays of one size that wait together, to see whether one writes over another, within these bounds. */
const TOGETHER = { least: 3, most: 12, bytes: 64 * MEBIBYTE };
const TURNS = 7;
/** Uploads of one turn, within these bounds. */
const UPLOADS = { least: 4, most: 32, bytes: 128 * MEBIBYTE };

interface UploadTimes {
  /** From the first call until the last one's values have arrived. */
  readonly medianMs: number;
  /** Of that, inside the calls: the program's own thread. */
  readonly callMs: number;
  readonly gigabytesPerSecond: number;
}

/** One way, its two targets, and what its turns took. */
interface SeenWay {
  readonly way: string;
  readonly runner: GraphRunner;
  readonly buffers: readonly [GraphBuffer, GraphBuffer];
  readonly turns: { readonly totalMs: number; readonly callMs: number }[];
}

const device = process.argv[2] === "webgpu" ? "webgpu" : "cuda";
const sizes = SIZES[device].map((mebibytes) => mebibytes * MEBIBYTE);
const library = process.env["LIGHTNING_ORT_LIBRARY"];
if (library === undefined) throw new RangeError("LIGHTNING_ORT_LIBRARY names no library.");
const warnings: string[] = [];
const onWarning = (message: string) => warnings.push(message);
const runners: Readonly<Record<string, GraphRunner>> = {
  plain: openGraphRunner({ device, libraryPath: library }),
  pinned:
    device === "webgpu"
      ? new GpuRunner({ ...webGpuDevice(), stagingName: "Cpu" }, { libraryPath: library, onWarning })
      : openGraphRunner({ device: "cuda", pinMemory: true, libraryPath: library, onWarning }),
};
const wrongValues = Object.entries(runners).flatMap(([way, runner]) =>
  sizes.map((bytes) => ({ way, bytes, wrong: wrongValuesOf(runner, bytes / 4) })).filter(({ wrong }) => wrong > 0),
);
const times = sizes.map((bytes) => ({ bytes, ...timesOf(bytes) }));
const passed = wrongValues.length === 0 && warnings.length === 0;
process.stdout.write(`${JSON.stringify({ passed, part: "uploads", device, warnings, wrongValues, times })}\n`);
process.exit(passed ? 0 : 1);

/** Uploads several arrays without waiting, and counts what comes back otherwise. */
function wrongValuesOf(runner: GraphRunner, count: number): number {
  const buffers = Array.from({ length: howMany(count * 4, TOGETHER) }, (_, turn) => {
    const buffer = runner.allocate(count * 4);
    runner.upload(buffer, "int32", someNumbers(count, turn));
    return buffer;
  });
  let wrong = 0;
  for (const [turn, buffer] of buffers.entries()) {
    const expected = someNumbers(count, turn);
    const received = runner.download(buffer, "int32", count);
    for (let i = 0; i < count; i += 1) if (expected[i] !== received[i]) wrong += 1;
    runner.free(buffer);
  }
  return wrong;
}

function someNumbers(count: number, turn: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i += 1) numbers[i] = Math.imul(i + turn * 7919, 0x9e3779b1);
  return numbers;
}

function howMany(bytes: number, { least, most, bytes: together }: typeof TOGETHER): number {
  return Math.min(most, Math.max(least, Math.round(together / bytes)));
}

/** Both ways in turn, so that what else the machine does falls on both. */
function timesOf(bytes: number): Record<string, UploadTimes> {
  const values = new Float32Array(bytes / 4).fill(0.5);
  const uploads = howMany(bytes, UPLOADS);
  const seen = Object.entries(runners).map(([way, runner]): SeenWay => {
    return { way, runner, buffers: [runner.allocate(bytes), runner.allocate(bytes)], turns: [] };
  });
  // The first turn brings memory that the others use again.
  for (let turn = 0; turn <= TURNS; turn += 1) {
    for (const { runner, buffers, turns } of seen) {
      const start = performance.now();
      for (let i = 0; i < uploads; i += 1) runner.upload(buffers[i % 2 === 0 ? 0 : 1], "float32", values);
      const callMs = performance.now() - start;
      runner.download(buffers[0], "float32", 1);
      if (turn > 0) turns.push({ totalMs: (performance.now() - start) / uploads, callMs: callMs / uploads });
    }
  }
  for (const { runner, buffers } of seen) for (const buffer of buffers) runner.free(buffer);
  return Object.fromEntries(
    seen.map(({ way, turns }) => {
      const { totalMs, callMs } = turns.toSorted((a, b) => a.totalMs - b.totalMs)[TURNS >> 1] ?? {
        totalMs: NaN,
        callMs: NaN,
      };
      return [way, { medianMs: totalMs, callMs, gigabytesPerSecond: bytes / totalMs / 1e6 }];
    }),
  );
}
