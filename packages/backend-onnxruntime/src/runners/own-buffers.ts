import type { GraphBuffer } from "../contract/graph-buffer.js";
import { EngineError } from "../errors/engine-error.js";
import { NativeBuffer } from "./native-buffer.js";
import type { ValueType } from "./native-graph.js";

/** @throws EngineError unless the buffer is ours */
export function ownBuffer(buffer: GraphBuffer): NativeBuffer {
  if (buffer instanceof NativeBuffer) return buffer;
  throw new EngineError({ code: "LIT_ENGINE_BUFFERS", message: "This buffer was not allocated by this runner." });
}

/**
 * @param times how often the list of types is gone through
 * @throws EngineError unless every buffer is ours, in use and large enough
 */
export function ownBuffers(
  buffers: readonly GraphBuffer[],
  types: readonly Pick<ValueType, "sizeBytes">[],
  times = 1,
): readonly NativeBuffer[] {
  if (buffers.length !== types.length * times) {
    throw new EngineError({
      code: "LIT_ENGINE_BUFFERS",
      message: "A run got the wrong number of buffers.",
      expected: String(types.length * times),
      received: String(buffers.length),
    });
  }
  return buffers.map((buffer, index) => {
    const own = ownBuffer(buffer);
    if (own.isFree)
      throw new EngineError({ code: "LIT_ENGINE_BUFFERS", message: `Buffer ${index} of a run was freed before.` });
    const sizeBytes = types[index % types.length]?.sizeBytes ?? 0;
    if (own.sizeBytes >= sizeBytes) return own;
    throw new EngineError({
      code: "LIT_ENGINE_BUFFERS",
      message: `Buffer ${index} of a run is too small.`,
      expected: `at least ${sizeBytes} bytes`,
      received: `${own.sizeBytes} bytes`,
    });
  });
}
