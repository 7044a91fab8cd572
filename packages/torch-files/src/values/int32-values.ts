import { TorchValueError } from "../errors/torch-value-error.js";
import type { TorchTensor } from "./torch-tensor.js";

const [SMALLEST, LARGEST] = [-(2 ** 31), 2 ** 31 - 1];

/**
 * The integers of a tensor as int32. @param name of the tensor, for the message
 * @throws TorchValueError where one does not fit, and for floats and complex numbers
 */
export function int32Values(tensor: TorchTensor, name: string): Int32Array {
  const values = tensor.values();
  if (values instanceof Float32Array || values instanceof Float64Array)
    throw new TorchValueError({
      message: `The tensor ${name} cannot be read as integers.`,
      expected: "a dtype of integers",
      received: tensor.dtype,
    });
  const read = new Int32Array(values.length);
  for (const [index, value] of values.entries()) {
    if (value < SMALLEST || value > LARGEST)
      throw new TorchValueError({
        message: `The tensor ${name} holds an integer that does not fit into int32.`,
        expected: "values from -2^31 to 2^31-1",
        received: String(value),
        tryThis: "saving it as int32 or float32.",
      });
    read[index] = Number(value);
  }
  return read;
}
