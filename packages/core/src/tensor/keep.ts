import { tf } from "./tf.js";

/** Moves a tensor out of its scope: it lives until you dispose it. Returns the tensor. */
export function keep<TTensor extends tf.Tensor>(tensor: TTensor): TTensor {
  return tf.keep(tensor);
}
