import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { kernelOffsets } from "../../kernels/conv-shapes.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";

/**
 * Where an affine map reads each place of its result, for `gridSample`: theta [N, 2, 3] with size [N, C, H, W] -> [N,
 * H, W, 2], or theta [N, 3, 4] with size [N, C, D, H, W] -> [N, D, H, W, 3]. Coordinates go from -1 to 1, the last
 * dimension first.
 * @param options.alignCorners whether -1 and 1 are the centres of the first and last element, not their outer edges.
 * @default false
 * @throws ShapeError
 */
export function affineGrid(
  theta: tf.Tensor,
  size: readonly number[],
  options: { readonly alignCorners?: boolean | undefined } = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("affineGrid", { theta });
  checkOptions("affineGrid", options, ["alignCorners"]);
  refuseMore("affineGrid", more);
  checkFloats("affineGrid", { theta });
  const [batch = 0, , ...space] = size;
  const dimensions = space.length;
  const isFitting = dimensions === 2 || dimensions === 3;
  if (!isFitting || theta.shape.join() !== [batch, dimensions, dimensions + 1].join())
    throw new ShapeError({
      message: "affineGrid: theta and size do not fit.",
      expected: "theta [N, 2, 3] with size [N, C, H, W], or theta [N, 3, 4] with size [N, C, D, H, W]",
      received: `${formatShape(theta.shape)} and ${formatShape(size)}`,
      shapes: [theta.shape, size],
    });
  const coordinate = (at: number, length: number): number => {
    const centered = length === 1 ? 0 : (2 * at) / (length - 1) - 1;
    return options.alignCorners === true ? centered : (2 * at + 1) / length - 1;
  };
  const places = kernelOffsets(space).map((place) => [
    ...place.map((at, axis) => coordinate(at, space[axis] ?? 1)).toReversed(),
    1,
  ]);
  const base = tf.tensor(places.flat(), [places.length, dimensions + 1], "float32");
  const mapped = tf.matMul(tf.broadcastTo(base, [batch, ...base.shape]), theta, false, true);
  return tf.reshape(mapped, [batch, ...space, dimensions]);
}
