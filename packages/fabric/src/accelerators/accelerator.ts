import type { Device } from "./device.js";

/**
 * How many devices, or which: a number, `"auto"` (all that make sense), `-1` (all), a list such as `[0, 2]` or `"0,2"`.
 */
export type DevicesOption = "auto" | number | string | readonly number[];

/** How much of a machine a process may have that shares it with other ranks. */
export interface MachineShare {
  readonly threads: number;
}

/** A kind of hardware. It knows how many devices there are and makes one ready; it does not know about ranks. */
export interface Accelerator {
  readonly kind: "accelerator";
  readonly name: string;
  /**
   * Turns the option into device indices of this machine.
   * @throws MisconfigurationError for a count or an index that this accelerator does not have
   */
  parseDevices(devices: DevicesOption): readonly number[];
  /**
   * Initializes the backend and makes the device the current one. Calling it again for the same device is harmless.
   * @param share what this process may use, where others of the run are on the same machine
   */
  setupDevice(index: number, share?: MachineShare): Promise<Device>;
  teardown(): Promise<void>;
}
