import type { Accelerator, DevicesOption, MachineShare } from "./accelerator.js";
import { CpuAccelerator } from "./cpu-accelerator.js";
import type { Device } from "./device.js";
import { findGpu, GpuAccelerator } from "./gpu-accelerator.js";

/** A real GPU where there is one and one process trains, else the processor. */
export class AutoAccelerator implements Accelerator {
  readonly kind = "accelerator";
  readonly name = "auto";
  readonly #cpu = new CpuAccelerator();
  readonly #gpu = new GpuAccelerator();

  parseDevices(devices: DevicesOption): readonly number[] {
    return this.#cpu.parseDevices(devices);
  }

  async setupDevice(index: number, share?: MachineShare): Promise<Device> {
    if (share !== undefined) return this.#cpu.setupDevice(index, share);
    const { backend } = await findGpu(this.#gpu.name);
    return backend === undefined ? this.#cpu.setupDevice(index) : this.#gpu.setupDevice(index);
  }

  async teardown(): Promise<void> {}
}
