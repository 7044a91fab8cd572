import { PointerVariable } from "./native-memory.js";
import type { OrtApi, Pointer } from "./ort-api.js";

/** What runs the nodes of a session on a device other than the processor. */
export interface ExecutionProvider {
  readonly name: "WebGPU" | "CUDA";
  /** In ONNX Runtime's own words. */
  readonly options: Readonly<Record<string, string>>;
}

/** The provider, told to leave these nodes to the processor. CUDA's cannot be told. */
export function withNodesOnProcessor(
  provider: ExecutionProvider,
  names: readonly string[] | undefined,
): ExecutionProvider {
  if (names === undefined || names.length === 0 || provider.name !== "WebGPU") return provider;
  return { ...provider, options: { ...provider.options, forceCpuNodeNames: names.join("\n") } };
}

/** Lets a session's nodes run there, as far as the provider knows them. @throws EngineUnavailableError */
export function appendProvider(api: OrtApi, sessionOptions: Pointer, provider: ExecutionProvider): void {
  const keys = Object.keys(provider.options);
  const values = Object.values(provider.options);
  if (provider.name === "CUDA") appendCuda(api, sessionOptions, keys, values);
  else api.call("appendExecutionProvider", sessionOptions, provider.name, keys, values, keys.length);
}

function appendCuda(api: OrtApi, sessionOptions: Pointer, keys: readonly string[], values: readonly string[]): void {
  const out = new PointerVariable();
  api.call("createCudaProviderOptions", out.address);
  const options = out.take();
  try {
    api.call("updateCudaProviderOptions", options, keys, values, keys.length);
    api.call("appendCudaProvider", sessionOptions, options);
  } finally {
    api.functions.releaseCudaProviderOptions(options);
  }
}
