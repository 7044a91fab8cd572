import {
  describeValue,
  MisconfigurationError,
  resolveBackend,
  type BackendOptions,
  type TrainingBackend,
} from "@lightning-ts/core";
import type { Accelerator, DevicesOption, MachineShare } from "./accelerator.js";
import type { Device } from "./device.js";

export interface CpuOptions {
  /**
   * Which backend computes: a name (`"onnxruntime"`, `"tensorflow"`, `"wasm"`, `"cpu"` for plain JavaScript) or an
   * object. @default "auto": the best that is available
   */
  readonly backend?: string | TrainingBackend | undefined;
  /** Native threads. @default as many as the machine has cores, divided by the ranks that are on it */
  readonly threads?: number | undefined;
}

/**
 * The machine's processor. One device per process; its threads work on the same tensors.
 * @example
 * ```ts
 * import { CpuAccelerator, Fabric } from "@lightning-ts/fabric";
 *
 * const fabric = new Fabric({ accelerator: new CpuAccelerator({ threads: 2 }) });
 * await fabric.launch();
 * console.log(fabric.device.backend.name);
 * await fabric.close();
 * ```
 */
export class CpuAccelerator implements Accelerator {
  readonly kind = "accelerator";
  readonly name = "cpu";
  readonly #options: CpuOptions;

  constructor(options: CpuOptions = {}) {
    this.#options = options;
  }

  parseDevices(devices: DevicesOption): readonly number[] {
    const count = devices === "auto" ? 1 : typeof devices === "string" ? Number(devices) : devices;
    if (typeof count !== "number" || !Number.isInteger(count) || count < 1) {
      throw new MisconfigurationError({
        code: "LIT_DEVICES",
        message: "The processor is divided into devices by their number only.",
        expected: 'devices to be a whole number above 0, or "auto" for 1',
        received: describeValue(devices),
      });
    }
    return Array.from({ length: count }, (_, index) => index);
  }

  async setupDevice(index: number, share?: MachineShare): Promise<Device> {
    const { backend: wanted = "auto", threads = share?.threads } = this.#options;
    const options: BackendOptions = threads === undefined ? {} : { threads };
    const { backend, reasons } = await resolveBackend(wanted, options);
    return { type: this.name, index, backend, reasons };
  }

  async teardown(): Promise<void> {}
}

/** The processor as accelerator: `accelerator: cpu({ threads: 4 })`. */
export function cpu(options: CpuOptions = {}): CpuAccelerator {
  return new CpuAccelerator(options);
}
