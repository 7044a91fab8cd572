import { nn, type Parameter, type RandomStream, type tf } from "lightning-ts/core";

/** Length of the noise that a digit is made from. */
export const LATENT = 32;

/** Noise [B, LATENT] to images [B, 1, 28, 28] between -1 and 1. */
export class Generator extends nn.Module {
  readonly project = new nn.Linear(LATENT, 32 * 7 * 7);
  readonly grow = new nn.Sequential(
    new nn.BatchNorm2d(32),
    new nn.ReLU(),
    new nn.ConvTranspose2d(32, 16, 4, { stride: 2, padding: 1, bias: false }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(),
    new nn.ConvTranspose2d(16, 1, 4, { stride: 2, padding: 1 }),
    new nn.Tanh(),
  );

  override forward(noise: tf.Tensor): tf.Tensor {
    return this.grow.forward(this.project.forward(noise).reshape([-1, 32, 7, 7]));
  }
}

/** Images [B, 1, 28, 28] to logits [B]: real above 0, made up below. */
export class Discriminator extends nn.Module {
  readonly layers = new nn.Sequential(
    new nn.Conv2d(1, 16, 4, { stride: 2, padding: 1 }),
    new nn.LeakyReLU(0.2),
    new nn.Conv2d(16, 32, 4, { stride: 2, padding: 1, bias: false }),
    new nn.BatchNorm2d(32),
    new nn.LeakyReLU(0.2),
    new nn.Flatten(),
    new nn.Linear(32 * 7 * 7, 1),
  );

  override forward(images: tf.Tensor): tf.Tensor {
    return this.layers.forward(images).reshape([-1]);
  }
}

/** DCGAN's initialisation of weights: normal with deviation 0.02. */
export function initialize(parameters: readonly Parameter[], random: RandomStream): void {
  for (const parameter of parameters) {
    if (parameter.rank >= 2) parameter.setData(random.fillNormal(new Float32Array(parameter.size), 0, 0.02));
  }
}
