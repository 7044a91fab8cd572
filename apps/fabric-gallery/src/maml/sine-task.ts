import { tf, type RandomStream } from "lightning-ts/core";

/** Points of a curve: inputs and outputs [N, 1]. */
export interface Points {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

/** One sine curve with its own amplitude and phase: the task that the learner should learn from a few points. */
export class SineTask {
  readonly #amplitude: number;
  readonly #phase: number;

  constructor(private readonly random: RandomStream) {
    this.#amplitude = random.uniform(0.1, 5);
    this.#phase = random.uniform(0, Math.PI);
  }

  sample(count: number): Points {
    const x = this.random.fillUniform(new Float32Array(count), -5, 5);
    const y = x.map((value) => this.#amplitude * Math.sin(value - this.#phase));
    return { x: tf.tensor2d(x, [count, 1]), y: tf.tensor2d(y, [count, 1]) };
  }
}
