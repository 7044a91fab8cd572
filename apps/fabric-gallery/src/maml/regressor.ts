import { F, grad, nn, tf } from "lightning-ts/core";

const WIDTH = 40;

/** A network whose weights can be given from outside, so that a step of learning is itself something to learn from. */
export class Regressor extends nn.Module {
  readonly first = new nn.Linear(1, WIDTH);
  readonly second = new nn.Linear(WIDTH, WIDTH);
  readonly last = new nn.Linear(WIDTH, 1);

  /** @param weights weight and bias of each layer; the module's own by default */
  override forward(x: tf.Tensor, weights: readonly tf.Tensor[] = this.parameters()): tf.Tensor {
    let hidden = x;
    for (let layer = 0; layer < weights.length; layer += 2) {
      const [weight, bias] = [weights[layer], weights[layer + 1]];
      if (weight === undefined || bias === undefined) throw new RangeError(`Layer ${layer / 2} lacks weights.`);
      hidden = tf.matMul(hidden, weight, false, true).add(bias);
      if (layer + 2 < weights.length) hidden = tf.tanh(hidden);
    }
    return hidden;
  }

  loss(x: tf.Tensor, y: tf.Tensor, weights?: readonly tf.Tensor[]): tf.Tensor {
    return F.mseLoss(this.forward(x, weights), y);
  }

  /** Weights after one gradient step on the points; with `createGraph` they can be differentiated. */
  adapted(
    x: tf.Tensor,
    y: tf.Tensor,
    options: { readonly learningRate: number; readonly createGraph: boolean },
    from: readonly tf.Tensor[] = this.parameters(),
  ): tf.Tensor[] {
    const gradients = grad(this.loss(x, y, from), from, { createGraph: options.createGraph });
    return from.map((weight, i) => tf.sub(weight, tf.mul(gradients[i] ?? 0, options.learningRate)));
  }
}
