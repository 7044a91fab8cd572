import { nn, type tf } from "lightning-ts/core";

/** A small classifier of digits: images [B, 1, 28, 28] to scores [B, 10]. */
export class Classifier extends nn.Module {
  readonly layers = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 64), new nn.ReLU(), new nn.Linear(64, 10));

  override forward(images: tf.Tensor): tf.Tensor {
    return this.layers.forward(images);
  }
}

/** How many rows of scores [B, 10] are highest at their label [B]; not read yet. */
export function countRight(scores: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  return scores.argMax(1).equal(labels).sum();
}
