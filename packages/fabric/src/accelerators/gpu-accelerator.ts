import {
  describeValue,
  ENGINE_BACKENDS,
  knownBackends,
  MisconfigurationError,
  resolveBackend,
  type BackendOptions,
  type TrainingBackend,
} from "@lightning-ts/core";
import type { Accelerator, DevicesOption } from "./accelerator.js";
import type { Device } from "./device.js";
import { parseOneGpu } from "./parse-one-gpu.js";

/** Ways to a GPU: NVIDIA's own, one that all GPUs have, and that of Apple's. */
export type GpuName = "gpu" | "cuda" | "webgpu" | "mps";

export interface WebGpuAcceleratorOptions {
  /** Which of several adapters. @default "high-performance" */
  readonly powerPreference?: "high-performance" | "low-power" | undefined;
}

export interface CudaAcceleratorOptions {
  /** Products round what they multiply to TF32, which is faster and errs by about 3e-4. @default false */
  readonly tf32?: boolean | undefined;
  /**
   * Batches go to the GPU through page-locked memory, from which it copies by itself. Where there is none, that is said
   * once and they go as without. @default false
   */
  readonly pinMemory?: boolean | undefined;
}

/** The engine's backends behind each name, the best first. */
const BACKENDS: Readonly<Record<GpuName, readonly string[]>> = {
  gpu: [ENGINE_BACKENDS.cuda, ENGINE_BACKENDS.webgpu],
  cuda: [ENGINE_BACKENDS.cuda],
  webgpu: [ENGINE_BACKENDS.webgpu],
  mps: [ENGINE_BACKENDS.webgpu],
};

/** As the engine calls the hardware behind WebGPU on Apple's machines. */
const METAL = "Metal";

/** What looking for a GPU came to: the first backend that has one, and a line for each that has none. */
export interface FoundGpu {
  readonly backend: TrainingBackend | undefined;
  /** What it computes on. */
  readonly hardware: string;
  readonly reasons: readonly string[];
}

/**
 * A graphics card. One GPU for each process.
 * @example
 * ```ts
 * import { Fabric, webgpu } from "@lightning-ts/fabric";
 *
 * const fabric = new Fabric({ accelerator: webgpu({ powerPreference: "low-power" }) });
 * console.log(fabric.accelerator.name); // "webgpu": launch() then says whether this machine has one
 * ```
 */
export class GpuAccelerator implements Accelerator {
  readonly kind = "accelerator";
  readonly name: GpuName;
  readonly #options: BackendOptions;

  constructor(name: GpuName = "gpu", options: BackendOptions = {}) {
    this.name = name;
    this.#options = options;
  }

  parseDevices(devices: DevicesOption): readonly number[] {
    return parseOneGpu(devices, this.name);
  }

  /** @throws MisconfigurationError naming each way to a GPU, and why it leads to none */
  async setupDevice(index: number): Promise<Device> {
    const { backend, hardware, reasons } = await findGpu(this.name);
    if (backend === undefined) throw noGpu(this.name, reasons);
    const isCuda = backend.name === ENGINE_BACKENDS.cuda;
    await resolveBackend(backend, isCuda ? { deviceIndex: index, ...this.#options } : this.#options);
    return { type: this.name, index, backend, reasons: [`${backend.name}: ${hardware}`, ...reasons] };
  }

  async teardown(): Promise<void> {}
}

/** A real GPU; a software one counts only for `"webgpu"`, where somebody has asked for it. */
export async function findGpu(name: GpuName): Promise<FoundGpu> {
  const reasons: string[] = [];
  for (const backend of backendsOf(name)) {
    const availability = await backend.availability();
    if (!availability.isAvailable) {
      const { reason, install } = availability;
      reasons.push(`${backend.name}: ${reason}${install === undefined ? "" : ` (${install})`}`);
      continue;
    }
    const [first] = (await backend.hardware?.()) ?? [];
    if (first === undefined) reasons.push(`${backend.name}: no GPU was found.`);
    else if (name === "mps" && first.name !== METAL)
      reasons.push(
        `${backend.name}: "mps" is Metal, on Apple's machines; accelerator: "webgpu" is the same elsewhere.`,
      );
    else if (first.isSoftware && name !== "webgpu")
      reasons.push(`${backend.name}: ${first.name} is software; accelerator: "webgpu" takes it all the same.`);
    else return { backend, hardware: first.isSoftware ? `${first.name} (software)` : first.name, reasons };
  }
  return { backend: undefined, hardware: "", reasons };
}

function backendsOf(name: GpuName): TrainingBackend[] {
  const known = knownBackends();
  return BACKENDS[name].flatMap((wanted) => known.filter((backend) => backend.name === wanted));
}

function noGpu(name: GpuName, reasons: readonly string[]): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_NO_GPU",
    message: `There is no GPU for accelerator: ${describeValue(name)}.`,
    expected: "a graphics card with its driver",
    received: reasons.join(" "),
    tryThis: 'accelerator: "auto", which goes on with the processor.',
  });
}

/** Any GPU as accelerator: `accelerator: gpu()`. */
export function gpu(): GpuAccelerator {
  return new GpuAccelerator("gpu");
}

/** A GPU through WebGPU: `accelerator: webgpu({ powerPreference: "low-power" })`. */
export function webgpu(options: WebGpuAcceleratorOptions = {}): GpuAccelerator {
  return new GpuAccelerator("webgpu", { ...options });
}

/** One of NVIDIA's GPUs through CUDA: `accelerator: cuda({ tf32: true })`. */
export function cuda(options: CudaAcceleratorOptions = {}): GpuAccelerator {
  return new GpuAccelerator("cuda", { ...options });
}
