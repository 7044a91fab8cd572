import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import type { DevicesOption } from "./accelerator.js";

/**
 * The one GPU that the option means: 1, `"auto"` and -1 the first; a list chooses it by its index.
 * @throws MisconfigurationError
 */
export function parseOneGpu(devices: DevicesOption, accelerator: string): readonly number[] {
  if (devices === "auto" || devices === -1 || devices === "-1") return [0];
  const list = typeof devices === "number" ? undefined : indicesIn(devices);
  const count = list === undefined ? Number(devices) : list.length;
  const [index = 0] = list ?? [0];
  if (count === 1 && Number.isInteger(index) && index >= 0) {
    if (index === 0 || accelerator === "cuda" || accelerator === "gpu") return [index];
  } else if (Number.isInteger(count) && count > 1) {
    throw new MisconfigurationError({
      code: "LIT_DEVICES",
      message: `The accelerator "${accelerator}" trains on one GPU; training on several does not exist yet.`,
      expected: "devices: 1, or the index of one as devices: [0]",
      received: describeValue(devices),
      tryThis: 'accelerator: "cpu" with devices: 2 and more for several processes.',
    });
  }
  throw new MisconfigurationError({
    code: "LIT_DEVICES",
    message: `The accelerator "${accelerator}" has no such devices.`,
    expected: 'devices to be 1, "auto", or the index of one GPU as [0]',
    received: describeValue(devices),
  });
}

/** `[0]`, `"0,"`: indices. A number as text is a count. */
function indicesIn(devices: Exclude<DevicesOption, number>): readonly number[] | undefined {
  if (typeof devices !== "string") return devices;
  if (!devices.includes(",")) return undefined;
  return devices
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
}
