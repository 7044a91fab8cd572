import { backward, nn, optim, tensorScope, tf } from "../../packages/core/src/index.js";
import {
  backendNameOf,
  type DeviceName,
  OnnxRuntimeBackend,
  registerOnnxRuntime,
} from "../../packages/backend-onnxruntime/src/index.js";

/** What a process holds after some steps. */
export interface SoakSample {
  readonly step: number;
  readonly tensors: number;
  readonly tensorBytes: number;
  readonly graphs: number;
  readonly bufferBytes: number;
  readonly rssBytes: number;
  readonly stepMs: number;
}

export interface SoakOptions {
  /** What computes. @default "cpu" */
  readonly device?: DeviceName | undefined;
  readonly steps: number;
  /** @default 50 */
  readonly stepsPerEpoch?: number | undefined;
  /** Steps between two samples. */
  readonly every: number;
  readonly onSample: (sample: SoakSample) => void;
}

const FEATURES = 64;
const CLASSES = 10;
const BATCH = 32;

/**
 * Trains a small network; every epoch ends with a smaller batch, of five sizes in turn. Losses are read now and then.
 */
export async function soak({
  device = "cpu",
  steps,
  stepsPerEpoch = 50,
  every,
  onSample,
}: SoakOptions): Promise<SoakSample[]> {
  const backend = await startEngine(device);
  const model = new nn.Sequential(new nn.Linear(FEATURES, 128), new nn.ReLU(), new nn.Linear(128, CLASSES));
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
  const values = Float32Array.from({ length: BATCH * FEATURES }, (_, i) => Math.sin(i));
  const targets = Int32Array.from({ length: BATCH }, (_, i) => i % CLASSES);
  const samples: SoakSample[] = [];
  let begin = performance.now();
  for (let step = 1; step <= steps; step++) {
    const isLast = step % stepsPerEpoch === 0;
    const size = isLast ? 3 + 5 * ((step / stepsPerEpoch) % 5) : BATCH;
    const scope = tensorScope();
    const x = tf.tensor2d(values.subarray(0, size * FEATURES), [size, FEATURES]);
    const loss = nn.functional.crossEntropy(model.forward(x), tf.tensor1d(targets.subarray(0, size), "int32"));
    optimizer.zeroGrad();
    backward(loss);
    optimizer.step();
    const full = backend.submit();
    if (step % 97 === 0) loss.dataSync();
    scope.close();
    await full;
    if (step % every !== 0) continue;
    await backend.synchronize();
    const sample = { step, ...held(backend), stepMs: (performance.now() - begin) / every };
    samples.push(sample);
    onSample(sample);
    begin = performance.now();
  }
  optimizer.zeroGrad();
  tf.removeBackend(backendNameOf(device));
  await backend.close();
  return samples;
}

async function startEngine(device: DeviceName): Promise<OnnxRuntimeBackend> {
  registerOnnxRuntime({ device });
  await tf.setBackend(backendNameOf(device));
  const backend = tf.backend();
  if (backend instanceof OnnxRuntimeBackend) return backend;
  throw new TypeError("the onnxruntime backend did not start");
}

function held(backend: OnnxRuntimeBackend): Omit<SoakSample, "step" | "stepMs"> {
  global.gc?.();
  const { numTensors, numBytes } = tf.memory();
  const { liveGraphs, allocatedBytes } = backend.statistics();
  return {
    tensors: numTensors,
    tensorBytes: numBytes,
    graphs: liveGraphs,
    bufferBytes: allocatedBytes,
    rssBytes: process.memoryUsage().rss,
  };
}

/** What grew between the first quarter and the end; empty when memory is level. */
export function findGrowth(samples: readonly SoakSample[], rssAllowance = 0.1): string[] {
  const early = samples[Math.floor(samples.length / 4)];
  const late = samples.at(-1);
  if (early === undefined || late === undefined) return ["no samples"];
  const growth: string[] = [];
  for (const name of ["tensors", "tensorBytes", "graphs", "bufferBytes"] as const) {
    // How many buffers wait for reuse depends on how runs and frees interleave: a little more is no growth.
    if (late[name] > early[name] + (name === "bufferBytes" ? 65_536 : 0))
      growth.push(`${name} grew from ${early[name]} to ${late[name]}`);
  }
  if (late.rssBytes > early.rssBytes * (1 + rssAllowance))
    growth.push(`RSS grew from ${early.rssBytes} to ${late.rssBytes} bytes`);
  return growth;
}
