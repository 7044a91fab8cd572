import { F, nn, type tf } from "lightning-ts/core";

const WIDTH = 64;

/** Two small networks: which action to take, and how much reward to expect. */
export class Agent extends nn.Module {
  readonly actor = network(2);
  readonly critic = network(1);

  /** States [B, 4] to log-probabilities of the actions [B, 2] and values [B]. */
  override forward(states: tf.Tensor): [logProbs: tf.Tensor, values: tf.Tensor] {
    return [F.logSoftmax(this.actor.forward(states)), this.critic.forward(states).reshape([-1])];
  }
}

function network(outputs: number): nn.Sequential {
  return new nn.Sequential(
    new nn.Linear(4, WIDTH),
    new nn.Tanh(),
    new nn.Linear(WIDTH, WIDTH),
    new nn.Tanh(),
    new nn.Linear(WIDTH, outputs),
  );
}
