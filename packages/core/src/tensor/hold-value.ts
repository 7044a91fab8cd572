import { Variable, type Tensor } from "@tensorflow/tfjs-core";
import { detach } from "./detach.js";
import { holdTensor } from "./engine-internals/held-tensors.js";
import { keep } from "./keep.js";

/**
 * A second handle on a tensor, to read its value later, whatever happens to the tensor meanwhile. No kernel runs for
 * it, except for variables, whose values change. No scope frees it: dispose it.
 */
export function holdValue(tensor: Tensor): Tensor {
  return tensor instanceof Variable ? keep(detach(tensor)) : holdTensor(tensor);
}
