import { F, tf } from "lightning-ts/core";
import type { Agent } from "./agent.js";

const CLIP = 0.2;
const VALUE_WEIGHT = 0.5;
const ENTROPY_WEIGHT = 0.01;

/** States [B, 4], actions [B], and per action: its log-probability when it was taken, its advantage, its return. */
export type PpoBatch = readonly [
  states: tf.Tensor,
  actions: tf.Tensor,
  oldLogProbs: tf.Tensor,
  advantages: tf.Tensor,
  returns: tf.Tensor,
];

/** Proximal policy optimization's clipped loss (Schulman et al., 2017), with value loss and entropy bonus. */
export function ppoLoss(agent: Agent, [states, actions, oldLogProbs, advantages, returns]: PpoBatch): tf.Tensor {
  const [logProbs, values] = agent.forward(states);
  const taken = logProbs.mul(F.oneHot(actions, 2)).sum(1);
  const { mean, variance } = tf.moments(advantages);
  const normalized = advantages.sub(mean).div(variance.sqrt().add(1e-8));
  const ratio = taken.sub(oldLogProbs).exp();
  const gain = tf.minimum(ratio.mul(normalized), ratio.clipByValue(1 - CLIP, 1 + CLIP).mul(normalized)).mean();
  const entropy = logProbs.exp().mul(logProbs).sum(1).mean().neg();
  return F.mseLoss(values, returns).mul(VALUE_WEIGHT).sub(gain).sub(entropy.mul(ENTROPY_WEIGHT));
}
