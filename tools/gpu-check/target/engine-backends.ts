import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const work = dirname(dirname(fileURLToPath(import.meta.url)));

export interface EngineBackend {
  /** As tfjs knows it. */
  readonly name: string;
  /** ONNX Runtime's library that it runs on. */
  readonly library: string;
}

/** ONNX Runtime's library from npm, with the CPU and WebGPU providers. */
export const NPM_LIBRARY = join(work, "ort-npm", "libonnxruntime.so.1");

/** ONNX Runtime's CUDA build, where its piece was unpacked. */
export function cudaLibrary(): string | undefined {
  const folder = join(work, "ort-cuda");
  const file = existsSync(folder)
    ? readdirSync(folder).find((name) => /^libonnxruntime\.so(\.\d+)+$/.test(name))
    : undefined;
  return file === undefined ? undefined : join(folder, file);
}

/** The engine's devices that can be checked here. */
export function engineBackends(): EngineBackend[] {
  const cuda = cudaLibrary();
  return [
    { name: "onnxruntime-webgpu", library: NPM_LIBRARY },
    ...(cuda === undefined ? [] : [{ name: "onnxruntime-cuda", library: cuda }]),
    { name: "onnxruntime", library: NPM_LIBRARY },
  ];
}
