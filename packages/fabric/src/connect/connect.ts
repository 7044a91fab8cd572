import { describeValue, rejectUnknownOptions } from "@lightning-ts/core";
import type { Accelerator } from "../accelerators/accelerator.js";
import { AutoAccelerator } from "../accelerators/auto-accelerator.js";
import { CpuAccelerator } from "../accelerators/cpu-accelerator.js";
import { GpuAccelerator } from "../accelerators/gpu-accelerator.js";
import { SafetensorsCheckpointStore } from "../checkpoint/safetensors-checkpoint-store.js";
import { detectEnvironment } from "../environments/detect-environment.js";
import { devicesOfEnvironment } from "./devices-of-environment.js";
import { completePorts } from "../ports/default-ports.js";
import type { Ports } from "../ports/ports.js";
import type { Precision } from "../precision/precision.js";
import type { Strategy } from "../strategies/strategy.js";
import type { AcceleratorName, ConnectOptions } from "./connect-options.js";
import type { Connection } from "./connection.js";
import { OptionProblems } from "./option-problems.js";
import { resolvePrecision } from "./resolve-precision.js";
import { sortPlugins } from "./sort-plugins.js";
import { resolveStrategy } from "./resolve-strategy.js";
import { unknownNameError } from "./unknown-name-error.js";

export const ACCELERATOR_NAMES: readonly AcceleratorName[] = [
  ...(["auto", "cpu", "gpu", "cuda", "webgpu", "mps"] as const),
  ...(["onnxruntime", "tensorflow", "wasm"] as const),
];

/** The keys of `ConnectOptions`, for who embeds them in options of their own. */
export const CONNECT_OPTION_NAMES = [
  "accelerator",
  "strategy",
  "devices",
  "numNodes",
  "precision",
  "plugins",
  "ports",
] as const satisfies readonly (keyof ConnectOptions)[];

/**
 * Resolves every `"auto"` and puts the parts together. Nothing is started: `launch` does that.
 * @param owner who is set up, for messages
 * @throws MisconfigurationError listing everything that is wrong with the options
 */
export function connect(options: ConnectOptions = {}, owner = "Fabric"): Connection {
  const problems = new OptionProblems();
  problems.attempt(() => rejectUnknownOptions(owner, options, CONNECT_OPTION_NAMES));
  const connection = connectParts({ ...options, ports: completePorts(owner, options.ports) }, problems);
  problems.throwIfAny(owner);
  if (connection === undefined) throw new TypeError("unreachable: a connection is missing without a problem");
  return connection;
}

/** Options whose names were not checked by the compiler, for instance from environment variables. */
export type UncheckedConnectOptions = Omit<ConnectOptions, "accelerator" | "strategy" | "precision"> & {
  readonly accelerator?: string | Accelerator | undefined;
  readonly strategy?: string | Strategy | undefined;
  readonly precision?: string | number | Precision | undefined;
};

/**
 * Like `connect`, but adds what is wrong to `problems` and then returns undefined. Unknown option names are the
 * caller's to find.
 */
export function connectParts(
  options: UncheckedConnectOptions & { readonly ports: Ports },
  problems: OptionProblems,
): Connection | undefined {
  const { ports } = options;
  const accelerator = problems.attempt(() => resolveAccelerator(options.accelerator ?? "auto"));
  const plugins = problems.attempt(() => sortPlugins(options.plugins ?? []));
  const precision = problems.attempt(() =>
    options.precision === undefined ? undefined : resolvePrecision(options.precision),
  );
  const environment = problems.attempt(() => plugins?.environment ?? detectEnvironment(ports.environment));
  const given = { devices: options.devices, numNodes: options.numNodes };
  const { devices: wanted = "auto", numNodes = 1 } =
    problems.attempt(() => environment && devicesOfEnvironment(environment, given)) ?? given;
  const devices = problems.attempt(() => accelerator?.parseDevices(wanted));
  const ranks = (devices?.length ?? 1) * numNodes;
  const strategy = problems.attempt(() => resolveStrategy(options.strategy ?? "auto", ranks));
  if (!Number.isInteger(numNodes) || numNodes < 1)
    problems.add(`numNodes must be a whole number above 0; it is ${describeValue(numNodes)}.`);
  if (precision !== undefined && plugins?.precision !== undefined)
    problems.add("A precision is given twice: as the option precision and as a plugin. Leave one out.");
  if (strategy?.name === "single_device" && ranks > 1)
    problems.add(
      `The strategy "single_device" runs on one device; devices and numNodes ask for ${ranks}. Use devices: 1, or strategy: "ddp".`,
    );
  if (
    accelerator === undefined ||
    strategy === undefined ||
    plugins === undefined ||
    environment === undefined ||
    devices === undefined ||
    !problems.isEmpty
  )
    return undefined;

  problems.attempt(() => environment.validateSettings({ devicesPerNode: devices.length, numNodes }));
  if (!problems.isEmpty) return undefined;
  const parts = {
    accelerator,
    devices,
    numNodes,
    precision: plugins.precision ?? precision ?? resolvePrecision("32-true"),
    store: plugins.store ?? new SafetensorsCheckpointStore(ports.files),
    environment,
    ports,
  };
  problems.attempt(() => strategy.connect({ ...parts, collective: plugins.collective }));
  return problems.isEmpty ? connectionOf({ ...parts, strategy }) : undefined;
}

function connectionOf(parts: Omit<Connection, "collective" | "device" | "launch" | "teardown">): Connection {
  const { strategy } = parts;
  return {
    ...parts,
    get collective() {
      return strategy.collective;
    },
    get device() {
      return strategy.device;
    },
    launch: () => strategy.launch(),
    teardown: () => strategy.teardown(),
  };
}

/** Callers without types may pass null. */
function isPart<TPart extends object>(option: string | TPart): option is TPart {
  return typeof option === "object" && option !== null;
}

function resolveAccelerator(option: string | Accelerator): Accelerator {
  if (isPart(option) && option.kind === "accelerator") return option;
  switch (option) {
    case "auto":
      return new AutoAccelerator();
    case "cpu":
      return new CpuAccelerator();
    case "gpu":
    case "cuda":
    case "webgpu":
    case "mps":
      return new GpuAccelerator(option);
    case "onnxruntime":
    case "tensorflow":
    case "wasm":
      return new CpuAccelerator({ backend: option });
    default:
      throw unknownNameError("accelerator", option, ACCELERATOR_NAMES);
  }
}
