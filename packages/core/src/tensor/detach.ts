import type { Tensor } from "@tensorflow/tfjs-core";
import { withoutRecording } from "./engine-internals/tape.js";
import { tf } from "./tf.js";

/** The same values as a new tensor that no gradient flows through. It belongs to the innermost scope. */
export function detach<TTensor extends Tensor>(tensor: TTensor): TTensor {
  return withoutRecording(() => tf.clone(tensor));
}
