/** Copies between the host and a device with memory of its own, since the runner was opened. */
export interface DeviceCopies {
  readonly toDevice: number;
  readonly toDeviceBytes: number;
  readonly toHost: number;
  readonly toHostBytes: number;
}
