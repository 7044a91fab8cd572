import type { Tensor } from "@tensorflow/tfjs-core";
import { Buffer, Parameter } from "../autograd/parameter.js";
import { gradOf, setGrad } from "../autograd/gradients-of-variables.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { isVariable } from "../autograd/backward-walk.js";
import { tf } from "../tensor/tf.js";

/**
 * Gives a variable that was made elsewhere, by tfjs or a `tf.LayersModel`, the `grad` and `requiresGrad` of a
 * `Parameter`. It still belongs to whoever made it.
 */
export function adoptParameter(tensor: Tensor): Parameter {
  const adopted: unknown = adopt(tensor, "isParameter");
  if (adopted instanceof Parameter) return adopted;
  throw notAVariable(tensor);
}

/** As `adoptParameter`, for a variable that does not train. */
export function adoptBuffer(tensor: Tensor): Buffer {
  const adopted: unknown = adopt(tensor, "isBuffer");
  if (adopted instanceof Buffer) return adopted;
  throw notAVariable(tensor);
}

function adopt(tensor: Tensor, marker: "isParameter" | "isBuffer"): tf.Variable {
  if (!isVariable(tensor)) throw notAVariable(tensor);
  if (marker in tensor) return tensor;
  const variable = tensor;
  return Object.defineProperties(variable, {
    [marker]: { value: true },
    grad: { get: () => gradOf(variable), set: (gradient: Tensor | null) => setGrad(variable, gradient) },
    requiresGrad: {
      get: () => variable.trainable,
      set: (isRequired: boolean) => void (variable.trainable = isRequired),
    },
    hostValues: { value: () => undefined },
    setData: {
      value: (values: ArrayLike<number>) =>
        tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(values), variable.shape, variable.dtype))),
    },
  });
}

function notAVariable(tensor: Tensor): MisconfigurationError {
  return new MisconfigurationError({
    message: "A weight of this model is no tf.Variable.",
    received: `a tensor of shape [${tensor.shape.join(", ")}]`,
    tryThis: "use a model of @tensorflow/tfjs-layers 4.22.",
  });
}
