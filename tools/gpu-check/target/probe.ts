/**
 * Runs one dumped step graph on the CPU and on a device, with ONNX Runtime alone:
 * `probe.mjs <cpu|webgpu|cuda> <library> <model> [level=N] [name=value provider options…]`. Prints one line of JSON.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { byteLength, FLOAT32, GraphSession, type GraphValue, PROVIDERS, type TensorInfo } from "./graph-session.js";
import { relativeDifference } from "./relative-difference.js";
import { OrtLibrary } from "./ort-library.js";

const THREADS = 8;
const TIMED_MS = 1500;
const [providerName = "cpu", libraryPath = "", model = "", ...settings] = process.argv.slice(2);

const provider = PROVIDERS.find((known) => known === providerName);
if (provider === undefined)
  throw new RangeError(`There is no provider ${providerName}. Expected one of: ${PROVIDERS.join(", ")}.`);
const { level = "0", ...options }: Record<string, string> = Object.fromEntries(
  settings.map((setting) => setting.split("=", 2)),
);
const ort = new OrtLibrary(libraryPath);
const environment = ort.read("createEnv", 3, "gpu-check");
const common = { threads: THREADS, level: Number(level) };
const report: Record<string, unknown> = { part: "probe", provider, model: basename(model), library: ort.version };

const cpu = new GraphSession(ort, environment, model, { ...common, provider: "cpu" });
const random = numbersFrom(1);
const values = cpu.inputs.map((input) => someValue(input, random));
const expected = resultsOf(cpu);
if (provider !== "cpu") {
  const start = performance.now();
  const profile = join(mkdtempSync(join(tmpdir(), "gpu-check-")), "profile");
  const device = { ...common, provider, options };
  const profiled = new GraphSession(ort, environment, model, { ...device, profile });
  report["createMs"] = performance.now() - start;
  report["worstDifference"] = worstDifference(expected, resultsOf(profiled));
  report["placement"] = profiled.placement();
  report["device"] = timeOf(new GraphSession(ort, environment, model, device));
} else report["device"] = timeOf(cpu);
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0); // providers that hang while they are unloaded have nothing more to say

function resultsOf(session: GraphSession): GraphValue[] {
  const binding = session.bind(values, () => true);
  binding.run();
  binding.wait();
  return binding.read();
}

/** Milliseconds a run, where the smallest output is read after each, and where it is read after several. */
function timeOf(session: GraphSession): Record<string, number> {
  const smallest = session.outputs.toSorted((a, b) => byteLength(a) - byteLength(b))[0]?.name;
  const binding = session.bind(values, (name) => name === smallest);
  for (let i = 0; i < 3; i += 1) binding.run();
  binding.wait();
  const each: number[] = [];
  const start = performance.now();
  while (performance.now() - start < TIMED_MS && each.length < 300) {
    const began = performance.now();
    binding.run();
    binding.wait();
    each.push(performance.now() - began);
  }
  each.sort((a, b) => a - b);
  return { runs: each.length, bestMs: each[0] ?? NaN, medianMs: each[each.length >> 1] ?? NaN };
}

/** Small positive floats, and integers below 10 (class numbers, positions in small tables). */
function someValue(info: TensorInfo, next: () => number): GraphValue {
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(64, byteLength(info)))).subarray(0, byteLength(info));
  const { buffer } = bytes;
  const count = info.shape.reduce((size, length) => size * Number(length), 1);
  if (info.type === FLOAT32) new Float32Array(buffer, 0, count).forEach((_, i, all) => (all[i] = 0.1 * (next() - 0.4)));
  else if (info.type === 7)
    new BigInt64Array(buffer, 0, count).forEach((_, i, all) => (all[i] = BigInt(Math.floor(10 * next()))));
  else if (info.type === 6 || info.type === 12)
    new Int32Array(buffer, 0, count).forEach((_, i, all) => (all[i] = Math.floor(10 * next())));
  return { ...info, bytes };
}

/** The largest difference of an output, in parts of the output's largest value, and whose it is. */
function worstDifference(expected: readonly GraphValue[], received: readonly GraphValue[]): unknown {
  let worst = { name: "", difference: 0 };
  for (const [i, { name, type, bytes }] of expected.entries()) {
    const other = received[i]?.bytes ?? new Uint8Array();
    const difference =
      type === FLOAT32 ? relativeDifference(floats(bytes), floats(other)) : Number(Buffer.compare(bytes, other) !== 0);
    if (difference > worst.difference || Number.isNaN(difference)) worst = { name, difference };
  }
  return worst;
}

function floats({ buffer, byteOffset, byteLength: length }: Uint8Array): Float32Array {
  return new Float32Array(buffer, byteOffset, length / 4);
}

/** mulberry32, for the same numbers everywhere. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
