import type { GraphBuffer } from "../contract/graph-buffer.js";
import { EngineError } from "../errors/engine-error.js";
import { mapPacked } from "../graph/map-packed.js";

/** A buffer as its runner knows it. */
interface RunnerBuffer extends GraphBuffer {
  readonly sizeBytes: number;
  /** True while the memory belongs to the pool. */
  readonly isFree: boolean;
}

/** The class of a runner's buffers. */
type BufferClass<TBuffer extends RunnerBuffer> = abstract new (...args: never[]) => TBuffer;

/** @throws EngineError unless the buffer is of the runner's class */
export function ownBuffer<TBuffer extends RunnerBuffer>(ours: BufferClass<TBuffer>, buffer: GraphBuffer): TBuffer {
  if (buffer instanceof ours) return buffer;
  throw new EngineError({ code: "LIT_ENGINE_BUFFERS", message: "This buffer was not allocated by this runner." });
}

/**
 * @param times how often the list of types is gone through
 * @throws EngineError unless every buffer is of the runner's class, in use and large enough
 */
export function ownBuffers<TBuffer extends RunnerBuffer>(
  ours: BufferClass<TBuffer>,
  buffers: readonly GraphBuffer[],
  types: readonly { readonly sizeBytes: number }[],
  times = 1,
): readonly TBuffer[] {
  if (buffers.length !== types.length * times) {
    throw new EngineError({
      code: "LIT_ENGINE_BUFFERS",
      message: "A run got the wrong number of buffers.",
      expected: String(types.length * times),
      received: String(buffers.length),
    });
  }
  return mapPacked(buffers, (buffer, index) => {
    const own = ownBuffer(ours, buffer);
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
