import type { DeviceCopies } from "../../contract/device-copies.js";
import { NativeBuffer } from "../../session/native-buffer.js";
import type { SessionBuffer } from "../../session/session-buffer.js";

/** Counts what runs carry between the host and the device: every argument of theirs that lies with the host. */
export class CopyCounter {
  #toDevice = 0;
  #toDeviceBytes = 0;
  #toHost = 0;
  #toHostBytes = 0;

  /** A run reads these buffers and writes those. */
  note(inputs: readonly SessionBuffer[], outputs: readonly SessionBuffer[]): void {
    for (const input of inputs) {
      if (!(input instanceof NativeBuffer)) continue;
      this.#toDevice += 1;
      this.#toDeviceBytes += input.sizeBytes;
    }
    for (const output of outputs) {
      if (!(output instanceof NativeBuffer)) continue;
      this.#toHost += 1;
      this.#toHostBytes += output.sizeBytes;
    }
  }

  copies(): DeviceCopies {
    return {
      toDevice: this.#toDevice,
      toDeviceBytes: this.#toDeviceBytes,
      toHost: this.#toHost,
      toHostBytes: this.#toHostBytes,
    };
  }
}
