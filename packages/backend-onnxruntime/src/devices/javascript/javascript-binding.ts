import { createRequire } from "node:module";
import type { GraphDtype } from "../../contract/graph-dtype.js";
import { EngineUnavailableError } from "../../errors/engine-unavailable-error.js";

/** A tensor of `onnxruntime-common`, as far as we use it. */
export interface JavaScriptTensor {
  readonly data: ArrayBufferView;
}

/** The session below `onnxruntime-node`'s public one; unlike that, it compiles and runs synchronously. */
export interface BindingSession {
  loadModel(
    buffer: ArrayBufferLike,
    byteOffset: number,
    byteLength: number,
    options: Readonly<Record<string, unknown>>,
  ): void;
  run(
    feeds: Readonly<Record<string, JavaScriptTensor>>,
    fetches: Readonly<Record<string, JavaScriptTensor | null>>,
    options: object,
  ): Readonly<Record<string, JavaScriptTensor>>;
  dispose(): void;
}

/** What we need of the package `onnxruntime-node`. */
export interface JavaScriptBinding {
  readonly version: string;
  newSession(): BindingSession;
  newTensor(dtype: GraphDtype, data: ArrayBufferView, shape: readonly number[]): JavaScriptTensor;
}

interface BindingModule {
  readonly binding: { readonly InferenceSession: new () => BindingSession };
  readonly initOrt: () => void;
}

interface CommonModule {
  readonly Tensor: new (dtype: string, data: ArrayBufferView, shape: readonly number[]) => JavaScriptTensor;
  readonly env: { logLevel?: string };
}

/** @throws EngineUnavailableError if the package or its native part does not load */
export function loadJavaScriptBinding(): JavaScriptBinding {
  try {
    const require = createRequire(import.meta.url);
    const packageRequire = createRequire(require.resolve("onnxruntime-node/package.json"));
    const common = packageRequire("onnxruntime-common") as CommonModule;
    common.env.logLevel = "fatal";
    const native = packageRequire("./dist/binding.js") as BindingModule;
    native.initOrt();
    const { version } = packageRequire("./package.json") as { readonly version: string };
    return {
      version,
      newSession: () => new native.binding.InferenceSession(),
      newTensor: (dtype, data, shape) => new common.Tensor(dtype, data, shape),
    };
  } catch (cause) {
    throw new EngineUnavailableError({
      reason: `The package onnxruntime-node could not be loaded: ${String(cause)}.`,
      cause,
    });
  }
}
