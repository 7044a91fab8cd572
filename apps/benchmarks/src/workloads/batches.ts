import { type HostTensor, RandomStream, tf } from "@lightning-ts/core";

/** Repeatable numbers; what they are does not matter for time. */
const stream = RandomStream.named("benchmark");

export function normalNumbers(...shape: number[]): HostTensor {
  return tf.buffer(shape, "float32", stream.fillNormal(new Float32Array(tf.util.sizeFromShape(shape))));
}

/** Whole numbers from 0 to `limit` - 1. */
export function wholeNumbers(limit: number, ...shape: number[]): HostTensor {
  const draw = (): number => Math.floor(stream.uniform() * limit);
  return tf.buffer(shape, "int32", Int32Array.from({ length: tf.util.sizeFromShape(shape) }, draw));
}
