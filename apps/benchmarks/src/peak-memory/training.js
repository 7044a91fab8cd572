// Trains the MLP of the benchmarks for some steps and prints the process's peak memory before and after. It is text that
// `main.ts` hands to Node in the folder of a checkout, so that the imports are that checkout's built packages; it uses
// only what the oldest of them has too.
import {
  backward,
  F,
  item,
  nn,
  optim,
  RandomStream,
  resolveBackend,
  seedEverything,
  tensorScope,
  tf,
} from "@lightning-ts/core";

const steps = Number(process.argv.at(-1));
seedEverything(0);
const { backend } = await resolveBackend("onnxruntime", { threads: 2 });
const stream = RandomStream.named("benchmark");
const images = stream.fillNormal(new Float32Array(64 * 784));
const labels = Int32Array.from({ length: 64 }, () => Math.floor(stream.uniform() * 10));
const beginKiB = process.resourceUsage().maxRSS;
const model = new nn.Sequential(
  new nn.Linear(784, 256),
  new nn.ReLU(),
  new nn.Linear(256, 128),
  new nn.ReLU(),
  new nn.Linear(128, 10),
);
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-6 });

function step() {
  optimizer.zeroGrad();
  const loss = F.crossEntropy(model.forward(tf.tensor2d(images, [64, 784])), tf.tensor1d(labels, "int32"));
  backward(loss);
  optimizer.step();
  return loss;
}

let last;
for (let i = 0; i < steps; i += 1) {
  const scope = tensorScope();
  last = scope.keep(step());
  if (i < steps - 1) last.dispose();
  scope.close();
  await backend.submit();
}
await backend.synchronize();
const loss = item(last);
process.stdout.write(`${JSON.stringify({ beginKiB, endKiB: process.resourceUsage().maxRSS, loss })}\n`);
process.exit(0);
