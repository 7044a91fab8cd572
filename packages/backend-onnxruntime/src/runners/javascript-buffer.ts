import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { GraphValueSpec } from "../contract/graph-runner.js";
import { EngineError } from "../errors/engine-error.js";
import { tensorSizeBytes } from "../onnx-model/element-type.js";
import type { Poolable } from "./buffer-pool.js";

/** Memory of the JavaScript heap, from which each run reads and into which its results are copied. */
export class JavaScriptBuffer implements GraphBuffer, Poolable {
  lastRun = 0;
  isFree = false;

  constructor(
    readonly memory: ArrayBuffer,
    public sizeBytes: number,
  ) {}
}

/** @throws EngineError unless every buffer is ours, in use and large enough */
export function ownBuffers(
  buffers: readonly GraphBuffer[],
  specs: readonly GraphValueSpec[],
): readonly JavaScriptBuffer[] {
  if (buffers.length !== specs.length) {
    throw new EngineError({
      code: "LIT_ENGINE_BUFFERS",
      message: "A run got the wrong number of buffers.",
      expected: String(specs.length),
      received: String(buffers.length),
    });
  }
  return specs.map((spec, index) => {
    const buffer = ownBuffer(buffers[index]);
    if (buffer.isFree)
      throw new EngineError({ code: "LIT_ENGINE_BUFFERS", message: `Buffer ${index} of a run was freed before.` });
    const sizeBytes = tensorSizeBytes(spec.dtype, spec.shape);
    if (buffer.sizeBytes >= sizeBytes) return buffer;
    throw new EngineError({
      code: "LIT_ENGINE_BUFFERS",
      message: `Buffer ${index} of a run is too small.`,
      expected: `at least ${sizeBytes} bytes`,
      received: `${buffer.sizeBytes} bytes`,
    });
  });
}

/** @throws EngineError unless the buffer is ours */
export function ownBuffer(buffer: GraphBuffer | undefined): JavaScriptBuffer {
  if (buffer instanceof JavaScriptBuffer) return buffer;
  throw new EngineError({ code: "LIT_ENGINE_BUFFERS", message: "This buffer was not allocated by this runner." });
}
