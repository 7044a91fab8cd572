import { optim, RandomStream, type tf } from "lightning-ts/core";
import { Fabric } from "lightning-ts/fabric";
import { isFull, report } from "../report.js";
import { Regressor } from "./regressor.js";
import { SineTask } from "./sine-task.js";

const iterations = isFull ? 10_000 : 1200;
const TASKS_PER_STEP = 4;
const SHOTS = 10;
const INNER_RATE = 0.02;
const TEST_TASKS = 50;

const fabric = new Fabric();
await fabric.launch();
fabric.seedEverything(1);
const random = RandomStream.named("sine tasks");
const [model, optimizer] = fabric.setup(new Regressor(), (m) => new optim.Adam(m.parameters(), { lr: 5e-3 }));
model.markForwardMethod("loss");

for (let iteration = 0; iteration < iterations; iteration += 1) {
  fabric.step(() => {
    optimizer.zeroGrad();
    for (let i = 0; i < TASKS_PER_STEP; i += 1) {
      const task = new SineTask(random);
      const [support, query] = [task.sample(SHOTS), task.sample(SHOTS)];
      const adapted = model.adapted(support.x, support.y, { learningRate: INNER_RATE, createGraph: true });
      // The gradient of this loss goes through the step above: a gradient of a gradient.
      fabric.backward(model.loss(query.x, query.y, adapted).div(TASKS_PER_STEP));
    }
    fabric.clipGradients(model, optimizer, { maxNorm: 10, errorIfNonfinite: false });
    optimizer.step();
  });
  if ((iteration + 1) % 300 === 0) fabric.print(`iteration ${iteration + 1}`);
}

let [before, after] = [0, 0];
for (let i = 0; i < TEST_TASKS; i += 1) {
  fabric.step(() => {
    const task = new SineTask(random);
    const [support, query] = [task.sample(SHOTS), task.sample(100)];
    let weights: tf.Tensor[] = model.parameters();
    before += (model.loss(query.x, query.y).dataSync()[0] ?? 0) / TEST_TASKS;
    for (let step = 0; step < 5; step += 1)
      weights = model.adapted(support.x, support.y, { learningRate: INNER_RATE, createGraph: true }, weights);
    after += (model.loss(query.x, query.y, weights).dataSync()[0] ?? 0) / TEST_TASKS;
  });
}
report(
  "MAML",
  after < 1 && after < before / 3,
  `mean squared error of new curves ${before.toFixed(2)}, after five steps on ten points ${after.toFixed(2)}`,
  "below 1, and a third of before",
);
