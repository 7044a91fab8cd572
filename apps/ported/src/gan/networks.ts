import { nn, type tf } from "lightning-ts/core";

/** A layer with what follows it; the first has no batch norm. */
function block(inFeatures: number, outFeatures: number, normalize = true): nn.TensorModule[] {
  const layers: nn.TensorModule[] = [new nn.Linear(inFeatures, outFeatures)];
  if (normalize) layers.push(new nn.BatchNorm1d(outFeatures, { eps: 0.8 }));
  return [...layers, new nn.LeakyReLU(0.2)];
}

/** Makes digits `[N, 784]`, from -1 to 1, of noise. */
export class Generator extends nn.Module {
  readonly model: nn.Sequential;

  constructor(latentDim: number) {
    super();
    this.model = new nn.Sequential(
      ...block(latentDim, 128, false),
      ...block(128, 256),
      ...block(256, 512),
      new nn.Linear(512, 28 * 28),
      new nn.Tanh(),
    );
  }
  override forward(z: tf.Tensor): tf.Tensor {
    return this.model.forward(z);
  }
}

/** How real digits look to it: logits `[N, 1]`. */
export class Discriminator extends nn.Module {
  readonly model = new nn.Sequential(
    new nn.Linear(28 * 28, 512),
    new nn.LeakyReLU(0.2),
    new nn.Linear(512, 256),
    new nn.LeakyReLU(0.2),
    new nn.Linear(256, 1),
  );

  override forward(images: tf.Tensor): tf.Tensor {
    return this.model.forward(images);
  }
}
