import { DEVICE_NAMES, type DeviceName } from "../contract/device-name.js";
import { EngineError } from "../errors/engine-error.js";
import type { OnnxRuntimeOptions } from "./backend-options.js";

const NAMES = {
  threads: 1,
  cacheSize: 1,
  maxGraphNodes: 1,
  debug: 1,
  dumpModel: 1,
  libraryPath: 1,
  onWarning: 1,
  runner: 1,
  device: 1,
  powerPreference: 1,
  deviceIndex: 1,
  tf32: 1,
  pinMemory: 1,
} satisfies Record<keyof OnnxRuntimeOptions, 1>;

/** @throws EngineError for an option that does not exist or a number that cannot be used */
export function checkOptions(options: OnnxRuntimeOptions): void {
  for (const name of Object.keys(options)) {
    if (name in NAMES) continue;
    throw new EngineError({
      code: "LIT_ENGINE_OPTION",
      message: "The engine has no such option.",
      expected: Object.keys(NAMES).join(", "),
      received: name,
    });
  }
  checkChoice("device", options.device, DEVICE_NAMES);
  checkChoice("powerPreference", options.powerPreference, ["high-performance", "low-power"]);
  checkChoice("tf32", options.tf32, [true, false]);
  checkChoice("pinMemory", options.pinMemory, [true, false]);
  checkDeviceOptions(options);
  checkCount("cacheSize", options.cacheSize);
  checkCount("maxGraphNodes", options.maxGraphNodes);
}

/** An option of one device means nothing to another. */
function checkDeviceOptions({
  device = "cpu",
  powerPreference,
  deviceIndex,
  tf32,
  pinMemory,
}: OnnxRuntimeOptions): void {
  checkCount("deviceIndex", deviceIndex, 0);
  refuseElsewhere("powerPreference", powerPreference, device, "webgpu");
  refuseElsewhere("deviceIndex", deviceIndex, device, "cuda");
  refuseElsewhere("tf32", tf32, device, "cuda");
  refuseElsewhere("pinMemory", pinMemory, device, "cuda");
}

function refuseElsewhere(name: string, value: unknown, device: DeviceName, where: DeviceName): void {
  if (value === undefined || device === where) return;
  throw new EngineError({
    code: "LIT_ENGINE_OPTION",
    message: `The engine's option ${name} is for the device "${where}".`,
    expected: `${name} with device: "${where}"`,
    received: `device: "${device}"`,
  });
}

function checkChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new EngineError({
    code: "LIT_ENGINE_OPTION",
    message: `The engine's option ${name} is not usable.`,
    expected: choices.map((choice) => JSON.stringify(choice)).join(" or "),
    received: String(value),
  });
}

function checkCount(name: string, value: number | undefined, least = 1): void {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return;
  throw new EngineError({
    code: "LIT_ENGINE_OPTION",
    message: `The engine's option ${name} is not usable.`,
    expected: `an integer of at least ${least}`,
    received: String(value),
  });
}

/** @throws EngineError if an option is given that is not the one the engine was registered with */
export function refuseOtherOptions(first: OnnxRuntimeOptions, later: OnnxRuntimeOptions): void {
  for (const [name, value] of Object.entries(later)) {
    const held: unknown = Reflect.get(first, name);
    if (value === undefined || Object.is(value, held)) continue;
    throw new EngineError({
      code: "LIT_ENGINE_OPTION",
      message: `The engine is registered with another ${name} already.`,
      expected: String(held ?? "none"),
      received: String(value),
      tryThis: "give the options the first time, before anything else registers the engine.",
    });
  }
}
