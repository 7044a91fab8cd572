import * as tf from "@tensorflow/tfjs-core";

const INPUT = 12;
const HIDDEN = 16;
const CLASSES = 4;
const ROWS = 512;

/**
 * A two-layer classifier trained by SGD with momentum, its gradients written out in tfjs ops: enough of a training step
 * (matrix products, activations, reductions, variables) to try an engine on, without anything above it.
 */
export class TinyClassifier {
  readonly #layers: readonly [
    tf.Variable<tf.Rank.R2>,
    tf.Variable<tf.Rank.R2>,
    tf.Variable<tf.Rank.R2>,
    tf.Variable<tf.Rank.R2>,
  ];
  readonly #velocities: readonly tf.Variable<tf.Rank.R2>[];
  readonly #x: Float32Array;
  readonly #y: Int32Array;

  constructor(seed: number) {
    const weights = (shape: [number, number], i: number) =>
      tf.variable(tf.tidy(() => tf.randomNormal<tf.Rank.R2>(shape, 0, 0.3, "float32", seed + i)));
    this.#layers = [
      weights([INPUT, HIDDEN], 0),
      weights([1, HIDDEN], 1),
      weights([HIDDEN, CLASSES], 2),
      weights([1, CLASSES], 3),
    ];
    this.#velocities = this.#layers.map((layer) => tf.variable(tf.tidy(() => tf.zeros<tf.Rank.R2>(layer.shape))));
    this.#x = Float32Array.from({ length: ROWS * INPUT }, (_, i) => Math.sin(i * 12.9898 + seed) * 2);
    this.#y = Int32Array.from({ length: ROWS }, (_, i) => (i * 7 + seed) % CLASSES);
  }

  /** One step on `size` rows; `look` gets every intermediate tensor, in the order of computation. @returns the loss */
  step(index: number, size = 16, look: (tensor: tf.Tensor) => void = () => {}): tf.Tensor {
    const seen = <T extends tf.Tensor>(tensor: T): T => {
      look(tensor);
      return tensor;
    };
    return tf.tidy(() => {
      const [w1, b1, w2, b2] = this.#layers;
      const { x, y } = this.#batch(index, size);
      const hidden = seen(tf.relu(seen(tf.add<tf.Tensor2D>(tf.matMul(x, w1), b1))));
      const logProbs = tf.logSoftmax(seen(tf.add<tf.Tensor2D>(tf.matMul(hidden, w2), b2)));
      const loss = seen(tf.neg(tf.mean(tf.sum(tf.mul(logProbs, y), -1))));
      const dLogits = seen(tf.div<tf.Tensor2D>(tf.sub(tf.exp(logProbs), y), size));
      const dHidden = seen(
        tf.mul<tf.Tensor2D>(tf.matMul(dLogits, w2, false, true), tf.cast(tf.greater(hidden, 0), "float32")),
      );
      const gradients = [
        tf.matMul(x, dHidden, true),
        tf.sum<tf.Tensor2D>(dHidden, 0, true),
        tf.matMul(hidden, dLogits, true),
        tf.sum<tf.Tensor2D>(dLogits, 0, true),
      ];
      this.#update(gradients.map((gradient) => seen(gradient)));
      return loss;
    });
  }

  /** All weights, one after the other. */
  weights(): number[] {
    return this.#layers.flatMap((layer) => [...layer.dataSync()]);
  }

  dispose(): void {
    for (const variable of [...this.#layers, ...this.#velocities]) variable.dispose();
  }

  #update(gradients: readonly tf.Tensor[]): void {
    for (const [i, layer] of this.#layers.entries()) {
      const velocity = this.#velocities[i];
      const gradient = gradients[i];
      if (velocity === undefined || gradient === undefined) continue;
      velocity.assign(tf.add(tf.mul(velocity, 0.9), gradient));
      layer.assign(tf.sub(layer, tf.mul(velocity, 0.05)));
    }
  }

  #batch(index: number, size: number): { x: tf.Tensor2D; y: tf.Tensor } {
    const start = (index * 16) % (ROWS - size + 1);
    const x = tf.tensor2d(this.#x.subarray(start * INPUT, (start + size) * INPUT), [size, INPUT]);
    return { x, y: tf.oneHot(tf.tensor1d(this.#y.subarray(start, start + size), "int32"), CLASSES, 1, 0, "float32") };
  }
}
