import { readFileSync, rmSync } from "node:fs";
import type { OrtLibrary, Pointer } from "./ort-library.js";

export const PROVIDERS = ["cpu", "webgpu", "cuda"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Name of a provider's device memory. */
const MEMORY: Readonly<Record<Provider, string>> = { cpu: "Cpu", webgpu: "WebGPU_Buffer", cuda: "Cuda" };
const NULL = 0n;
/** Bytes of an element, by ONNX's number of its type. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  16: 2, // prettier-ignore
};
export const FLOAT32 = 1;

export interface TensorInfo {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly bigint[];
}

export interface GraphValue extends TensorInfo {
  readonly bytes: Uint8Array;
}

export interface SessionSettings {
  readonly provider: Provider;
  /** Provider options, as ONNX Runtime spells them. */
  readonly options?: Readonly<Record<string, string>>;
  /** Start of the path of a profile. */
  readonly profile?: string;
  readonly threads: number;
  /** Of ONNX Runtime's graph optimizers: 0 for none, 1 for basic ones. */
  readonly level: number;
}

/** A model compiled for one provider. */
export class GraphSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly #session: Pointer;
  readonly #allocator: Pointer;

  constructor(
    private readonly ort: OrtLibrary,
    environment: Pointer,
    model: string,
    private readonly settings: SessionSettings,
  ) {
    const options = ort.read("createSessionOptions");
    ort.call("setSessionGraphOptimizationLevel", options, settings.level);
    ort.call("setIntraOpNumThreads", options, settings.threads);
    if (settings.profile !== undefined) ort.call("enableProfiling", options, settings.profile);
    appendProvider(ort, options, settings);
    this.#session = ort.read("createSession", environment, model, options);
    this.#allocator = ort.read("getAllocatorWithDefaultOptions");
    this.inputs = this.#infos("sessionGetInputCount", "sessionGetInputName", "sessionGetInputTypeInfo");
    this.outputs = this.#infos("sessionGetOutputCount", "sessionGetOutputName", "sessionGetOutputTypeInfo");
  }

  /** @param onHost which outputs come down to the host; the others stay on the device */
  bind(values: readonly GraphValue[], onHost: (name: string) => boolean): GraphBinding {
    return new GraphBinding(this.ort, this.#session, this.#allocator, {
      values,
      outputs: this.outputs,
      deviceMemory: MEMORY[this.settings.provider],
      onHost,
    });
  }

  /** Ends profiling. @returns how many nodes of each kind ran on each provider, by `provider kind` */
  placement(): Record<string, number> {
    const path = this.ort.text(this.ort.read("sessionEndProfiling", this.#session, this.#allocator));
    const events: readonly ProfileEvent[] = JSON.parse(readFileSync(path, "utf8"));
    rmSync(path);
    const counts: Record<string, number> = {};
    for (const { cat, name, args } of events) {
      if (cat !== "Node" || !name.endsWith("_kernel_time")) continue;
      const key = `${String(args?.provider).replace("ExecutionProvider", "")} ${args?.op_name}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  #infos(
    count: "sessionGetInputCount" | "sessionGetOutputCount",
    name: "sessionGetInputName" | "sessionGetOutputName",
    type: "sessionGetInputTypeInfo" | "sessionGetOutputTypeInfo",
  ): TensorInfo[] {
    return Array.from({ length: Number(this.ort.read(count, this.#session)) }, (_, i) => ({
      name: this.ort.text(this.ort.read(name, this.#session, i, this.#allocator)),
      ...readInfo(this.ort, this.ort.read("castTypeInfoToTensorInfo", this.ort.read(type, this.#session, i))),
    }));
  }
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly args?: { readonly provider?: string; readonly op_name?: string };
}

function appendProvider(
  ort: OrtLibrary,
  options: Pointer,
  { provider, options: settings = {} }: SessionSettings,
): void {
  const [keys, values] = [ort.strings(Object.keys(settings)), ort.strings(Object.values(settings))];
  const count = Object.keys(settings).length;
  if (provider === "webgpu") ort.call("appendExecutionProvider", options, "WebGPU", keys, values, count);
  if (provider === "cuda") {
    const cuda = ort.read("createCudaProviderOptions");
    ort.call("updateCudaProviderOptions", cuda, keys, values, count);
    ort.call("appendCuda", options, cuda);
  }
}

function readInfo(ort: OrtLibrary, info: Pointer): Omit<TensorInfo, "name"> {
  const type = new Int32Array(1);
  ort.call("getTensorElementType", info, Buffer.from(type.buffer));
  const shape = new BigInt64Array(Number(ort.read("getDimensionsCount", info)));
  if (shape.length > 0) ort.call("getDimensions", info, Buffer.from(shape.buffer), shape.length);
  return { type: type[0] ?? 0, shape: [...shape] };
}

export function byteLength({ type, shape }: Omit<TensorInfo, "name">): number {
  return shape.reduce((size, length) => size * Number(length), ELEMENT_BYTES[type] ?? 0);
}

interface BindingSettings {
  readonly values: readonly GraphValue[];
  readonly outputs: readonly TensorInfo[];
  readonly deviceMemory: string;
  readonly onHost: (name: string) => boolean;
}

/** Inputs that lie on the device, and where outputs go. */
class GraphBinding {
  readonly #binding: Pointer;

  constructor(
    private readonly ort: OrtLibrary,
    private readonly session: Pointer,
    private readonly allocator: Pointer,
    private readonly settings: BindingSettings,
  ) {
    const host = ort.read("createCpuMemoryInfo", 0, 0);
    const device =
      settings.deviceMemory === "Cpu" ? host : ort.read("createMemoryInfo", settings.deviceMemory, 0, 0, 0);
    this.#binding = ort.read("createIoBinding", session);
    for (const { name, bytes, shape, type } of settings.values) {
      const dimensions = ort.keep(BigInt64Array.from(shape.length === 0 ? [0n] : shape));
      const data = ort.keep(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      const place = Buffer.from(dimensions.buffer);
      const value = ort.read("createTensorWithDataAsOrtValue", host, data, data.length, place, shape.length, type);
      ort.call("bindInput", this.#binding, name, value); // copies to the device
    }
    for (const { name } of settings.outputs)
      ort.call("bindOutputToDevice", this.#binding, name, settings.onHost(name) ? host : device);
    ort.call("synchronizeBoundInputs", this.#binding);
  }

  run(): void {
    this.ort.call("runWithBinding", this.session, NULL, this.#binding);
  }

  wait(): void {
    this.ort.call("synchronizeBoundOutputs", this.#binding);
  }

  /** Copies of the outputs on the host, after a run; all must be bound to it. */
  read(): GraphValue[] {
    const [values, count] = [new BigUint64Array(1), new BigUint64Array(1)];
    this.ort.call(
      "getBoundOutputValues",
      this.#binding,
      this.allocator,
      Buffer.from(values.buffer),
      Buffer.from(count.buffer),
    );
    const pointers = this.ort.bytes(values[0] ?? NULL, 8 * Number(count[0])).slice();
    return Array.from(new BigUint64Array(pointers.buffer), (value, i) => {
      const info = readInfo(this.ort, this.ort.read("getTensorTypeAndShape", value));
      const bytes = this.ort.bytes(this.ort.read("getTensorMutableData", value), byteLength(info)).slice();
      return { name: this.settings.outputs[i]?.name ?? "", ...info, bytes };
    });
  }
}
