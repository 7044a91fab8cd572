/** Trains a network on one rank or on several, with one thread each, and prints how many examples a second all take. */
import { F, nn, optim, seedEverything } from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { labelledBatch } from "./labelled-batch.js";

const BATCH = 128;
const [WIDTH, CLASSES, FEATURES] = [1024, 10, 784];
/** V8 compiles what a step runs in its first hundreds, beside ranks that leave no processor idle. */
const [WARM_STEPS, STEPS] = [500, 500];

const devices = Number(process.argv[2] ?? 1);
const fabric = new Fabric({ accelerator: cpu({ backend: "onnxruntime", threads: 1 }), devices });
await fabric.launch();
seedEverything(1);
const net = new nn.Sequential(
  new nn.Linear(FEATURES, WIDTH),
  new nn.ReLU(),
  new nn.Linear(WIDTH, WIDTH),
  new nn.ReLU(),
  new nn.Linear(WIDTH, CLASSES),
);
const [model, optimizer] = fabric.setup(net, (module) => new optim.SGD(module.parameters(), { lr: 0.01 }));
const { x, y } = labelledBatch(BATCH, FEATURES, CLASSES);

async function train(steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1)
    fabric.step(() => {
      optimizer.zeroGrad();
      fabric.backward(F.crossEntropy(model.forward(x), y));
      optimizer.step();
    });
  await net.parameters()[0]?.data();
}

await train(WARM_STEPS);
await fabric.barrier();
const begin = performance.now();
await train(STEPS);
await fabric.barrier();
const seconds = (performance.now() - begin) / 1000;
if (fabric.isGlobalZero) console.log(JSON.stringify({ perSecond: (STEPS * BATCH * fabric.worldSize) / seconds }));
await fabric.close();
