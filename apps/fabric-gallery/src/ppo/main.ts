import { DataLoader, optim, RandomStream, TensorDataset, tf } from "lightning-ts/core";
import { Fabric } from "lightning-ts/fabric";
import { isFull, report } from "../report.js";
import { Agent } from "./agent.js";
import { ppoLoss } from "./ppo-loss.js";
import { Playground, type Experience } from "./rollout.js";

const [updates, goal] = isFull ? [120, 450] : [60, 195];
const RATE = 1e-3;
const STEPS = 128;
const ENVIRONMENTS = 8;
const EPOCHS = 4;
const LAST_EPISODES = 20;

const fabric = new Fabric();
await fabric.launch();
fabric.seedEverything(1);
const [agent, optimizer] = fabric.setup(new Agent(), (m) => new optim.Adam(m.parameters(), { lr: RATE, eps: 1e-5 }));
const playground = new Playground(fabric, RandomStream.named("cart pole"), ENVIRONMENTS);

for (let update = 0; update < updates; update += 1) {
  for (const group of optimizer.paramGroups) group.lr = RATE * (1 - update / updates);
  const minibatches = fabric.setupDataloaders(loaderOf(playground.play(agent, STEPS)));
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    for await (const batch of minibatches) {
      optimizer.zeroGrad();
      fabric.backward(ppoLoss(agent, batch));
      fabric.clipGradients(agent, optimizer, { maxNorm: 0.5, errorIfNonfinite: false });
      optimizer.step();
    }
  }
  if ((update + 1) % 10 === 0)
    fabric.print(
      `update ${update + 1}  mean return of the last ${LAST_EPISODES} episodes ${recentReturn().toFixed(1)}`,
    );
}
report(
  "PPO on CartPole",
  recentReturn() >= goal,
  `mean return ${recentReturn().toFixed(1)} after ${updates * STEPS * ENVIRONMENTS} steps`,
  `at least ${goal}`,
);

function loaderOf({ states, actions, logProbs, advantages, returns }: Experience) {
  const count = actions.length;
  const column = (values: Float32Array): tf.TensorBuffer<tf.Rank.R1> =>
    tf.buffer<tf.Rank.R1>([count], "float32", values);
  const dataset = new TensorDataset(
    tf.buffer<tf.Rank.R2>([count, 4], "float32", states),
    actions,
    column(logProbs),
    column(advantages),
    column(returns),
  );
  return new DataLoader(dataset, { batchSize: count / 4, shuffle: true });
}

function recentReturn(): number {
  const recent = playground.episodeReturns.slice(-LAST_EPISODES);
  return recent.reduce((sum, value) => sum + value, 0) / recent.length;
}
