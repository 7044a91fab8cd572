import type { MnistBatch } from "@apps/mnist-data";
import * as L from "lightning-ts";
import { detach, F, noGrad, optim, RandomStream, tf } from "lightning-ts/core";
import { join } from "node:path";
import { saveDigits } from "../image-files.js";
import { prepareBatch } from "../autoencoder/lit-auto-encoder.js";
import { Discriminator, Generator } from "./networks.js";

export interface GanOptions {
  readonly latentDim?: number;
  readonly lr?: number;
  readonly b1?: number;
  readonly b2?: number;
  /** Where samples are drawn. */
  readonly folder: string;
}

type Settings = Required<Omit<GanOptions, "folder">>;

export class GAN extends L.LightningModule<MnistBatch, Settings> {
  override automaticOptimization = false;
  readonly generator: Generator;
  readonly discriminator = new Discriminator();
  readonly folder: string;
  /** The same noise after each epoch, so that one can see how its digits change. */
  readonly validationZ: Float32Array;

  constructor({ latentDim = 100, lr = 0.0002, b1 = 0.5, b2 = 0.999, folder }: GanOptions) {
    super();
    this.saveHyperparameters({ latentDim, lr, b1, b2 });
    this.generator = new Generator(latentDim);
    this.folder = folder;
    this.validationZ = RandomStream.fromSeed(8, "validation z").fillNormal(new Float32Array(8 * latentDim));
  }

  override forward(z: tf.Tensor): tf.Tensor {
    return this.generator.forward(z);
  }

  adversarialLoss(logits: tf.Tensor, target: number): tf.Tensor {
    return F.binaryCrossEntropyWithLogits(logits, tf.fill(logits.shape, target));
  }

  override async trainingStep(batch: MnistBatch) {
    const images = prepareBatch(batch).mul(2).sub(1);
    const rows = images.shape[0] ?? 0;
    const { latentDim } = this.hparams;
    const z = tf.tensor2d(RandomStream.named("z").fillNormal(new Float32Array(rows * latentDim)), [rows, latentDim]);
    const [optimizerG, optimizerD] = this.optimizers();

    this.toggleOptimizer(optimizerG);
    const gLoss = this.adversarialLoss(this.discriminator.forward(this.forward(z)), 1);
    this.log("g_loss", gLoss, { progBar: true });
    await this.manualBackward(gLoss);
    await optimizerG.step();
    optimizerG.zeroGrad();
    this.untoggleOptimizer(optimizerG);

    this.toggleOptimizer(optimizerD);
    const realLoss = this.adversarialLoss(this.discriminator.forward(images), 1);
    const fakeLoss = this.adversarialLoss(this.discriminator.forward(detach(this.forward(z))), 0);
    const dLoss = realLoss.add(fakeLoss).div(2);
    this.log("d_loss", dLoss, { progBar: true });
    await this.manualBackward(dLoss);
    await optimizerD.step();
    optimizerD.zeroGrad();
    this.untoggleOptimizer(optimizerD);
  }

  override configureOptimizers() {
    const { lr, b1, b2 } = this.hparams;
    const optimizerG = new optim.Adam(this.generator.parameters(), { lr, betas: [b1, b2] });
    const optimizerD = new optim.Adam(this.discriminator.parameters(), { lr, betas: [b1, b2] });
    return [optimizerG, optimizerD] as const;
  }

  override async onTrainEpochEnd() {
    const z = tf.tensor2d(this.validationZ, [8, this.hparams.latentDim]);
    const digits = tf.tidy(() => noGrad(() => this.forward(z).add(1).div(2)));
    await saveDigits(join(this.folder, `generated_${this.currentEpoch}.pgm`), await digits.data());
    tf.dispose([z, digits]);
  }
}
