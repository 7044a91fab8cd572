import { DataLoader, detach, F, noGrad, optim, RandomStream, tf } from "lightning-ts/core";
import { Fabric } from "lightning-ts/fabric";
import { firstDigits } from "../digits.js";
import { isFull, report } from "../report.js";
import { drawImages } from "./draw-images.js";
import { Judge } from "./judge.js";
import { Discriminator, Generator, initialize, LATENT } from "./networks.js";

const [count, epochs] = isFull ? [60_000, 10] : [6000, 6];
const BATCH = 50;
const SAMPLES = 200;

const fabric = new Fabric();
await fabric.launch();
fabric.seedEverything(1);
const random = RandomStream.named("noise");
const noise = (rows: number): tf.Tensor =>
  tf.tensor2d(random.fillNormal(new Float32Array(rows * LATENT)), [rows, LATENT]);

const digits = await firstDigits(count);
const [generator, generatorOptimizer] = fabric.setup(
  new Generator(),
  (m) => new optim.Adam(m.parameters(), { lr: 1e-3, betas: [0.5, 0.999] }),
);
const [discriminator, discriminatorOptimizer] = fabric.setup(
  new Discriminator(),
  (m) => new optim.Adam(m.parameters(), { lr: 5e-4, betas: [0.5, 0.999] }),
);
initialize([...generator.parameters(), ...discriminator.parameters()], random);
const loader = fabric.setupDataloaders(new DataLoader(digits, { batchSize: BATCH, shuffle: true, dropLast: true }));

for (let epoch = 0; epoch < epochs; epoch += 1) {
  let lastLosses = "";
  let step = 0;
  for await (const [images] of loader) {
    // Real digits should score 1 (smoothed to 0.9), made up ones 0.
    const fakes = generator.forward(noise(BATCH));
    discriminatorOptimizer.zeroGrad();
    const lossOnReal = F.binaryCrossEntropyWithLogits(
      discriminator.forward(toTanhRange(images)),
      tf.fill([BATCH], 0.9),
    );
    const lossOnFakes = F.binaryCrossEntropyWithLogits(discriminator.forward(detach(fakes)), tf.zeros([BATCH]));
    const discriminatorLoss = lossOnReal.add(lossOnFakes);
    fabric.backward(discriminatorLoss);
    discriminatorOptimizer.step();

    // The generator wants its digits to pass as real.
    generatorOptimizer.zeroGrad();
    const generatorLoss = F.binaryCrossEntropyWithLogits(discriminator.forward(fakes), tf.ones([BATCH]));
    fabric.backward(generatorLoss);
    generatorOptimizer.step();

    step += 1;
    if (step === loader.length)
      lastLosses = `discriminator ${show(discriminatorLoss)}  generator ${show(generatorLoss)}`;
  }
  fabric.print(`epoch ${epoch}  ${lastLosses}`);
}

const judge = await Judge.trainedOn(fabric, digits);
generator.eval();
const samples = fabric.step(() => noGrad(() => generator.forward(noise(SAMPLES))));
drawImages(samples, 6);
const { meanConfidence, kinds } = fabric.step(() => judge.assess(fromTanhRange(samples)));
const result = `a classifier of real digits is ${(100 * meanConfidence).toFixed(0)} % sure what its digits are, and sees ${kinds} of the 10 kinds`;
report("DCGAN", meanConfidence >= 0.65 && kinds >= 8, result, "at least 65 %, at least 8 kinds");

/** The digits come normalized by MNIST's mean and deviation; the generator makes values from -1 to 1. */
function toTanhRange(images: tf.Tensor): tf.Tensor {
  return images.mul(0.3081 * 2).add(0.1307 * 2 - 1);
}

function fromTanhRange(images: tf.Tensor): tf.Tensor {
  return images.add(1 - 0.1307 * 2).div(0.3081 * 2);
}

function show(loss: tf.Tensor): string {
  return (loss.dataSync()[0] ?? Number.NaN).toFixed(3);
}
