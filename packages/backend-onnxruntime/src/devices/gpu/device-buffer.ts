import type { HostArray } from "../../contract/graph-runner.js";
import { type BufferValues, SessionBuffer } from "../../session/session-buffer.js";

/** Memory of a device, which the host cannot see. */
export class DeviceBuffer extends SessionBuffer {
  /** What the host has uploaded, as long as it is small and nothing else has been written. */
  uploaded: HostArray | undefined;

  constructor(readonly values: BufferValues) {
    super(values.capacityBytes);
  }
}
