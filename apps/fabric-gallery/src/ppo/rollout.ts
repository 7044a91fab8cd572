import { noGrad, tf, type RandomStream } from "lightning-ts/core";
import type { Fabric } from "lightning-ts/fabric";
import type { Agent } from "./agent.js";
import { CartPole, type CartPoleState } from "./cart-pole.js";

const GAMMA = 0.99;
const LAMBDA = 0.95;

/** What the agents saw and did, one entry per environment and step; all environments of a step beside each other. */
export interface Experience {
  readonly states: Float32Array;
  readonly actions: Int32Array;
  readonly logProbs: Float32Array;
  readonly advantages: Float32Array;
  /** Advantage plus value: what the critic should have said. */
  readonly returns: Float32Array;
}

/** Several environments that are played at the same time. */
export class Playground {
  /** Rewards of the episodes that ended, oldest first. */
  readonly episodeReturns: number[] = [];
  readonly #environments: CartPole[];
  readonly #running: number[];
  #states: CartPoleState[];

  constructor(
    private readonly fabric: Fabric,
    private readonly random: RandomStream,
    count: number,
  ) {
    this.#environments = Array.from({ length: count }, (_, i) => new CartPole(random.fork(i)));
    this.#running = this.#environments.map(() => 0);
    this.#states = this.#environments.map((environment) => environment.reset());
  }

  play(agent: Agent, steps: number): Experience {
    const width = this.#environments.length;
    const size = steps * width;
    const experience = {
      states: new Float32Array(4 * size),
      actions: new Int32Array(size),
      logProbs: new Float32Array(size),
      advantages: new Float32Array(size),
      returns: new Float32Array(size),
    };
    const values = new Float32Array(size + width);
    const rewards = new Float32Array(size);
    const goesOn = new Uint8Array(size);
    for (let step = 0; step < steps; step += 1) {
      const choice = this.#ask(agent);
      this.#environments.forEach((environment, i) => {
        const at = step * width + i;
        const action = this.random.uniform() < Math.exp(choice.logProbs[2 * i] ?? 0) ? 0 : 1;
        experience.states.set(this.#states[i] ?? [], 4 * at);
        experience.actions[at] = action;
        experience.logProbs[at] = choice.logProbs[2 * i + action] ?? 0;
        values[at] = choice.values[i] ?? 0;
        const { state, reward, isTerminated, isTruncated } = environment.step(action);
        rewards[at] = reward;
        goesOn[at] = isTerminated || isTruncated ? 0 : 1;
        this.#running[i] = (this.#running[i] ?? 0) + reward;
        this.#states[i] = goesOn[at] === 1 ? state : this.#restart(i);
      });
    }
    values.set(this.#ask(agent).values, size);
    estimateAdvantages({ rewards, values, goesOn, width }, experience);
    return experience;
  }

  #ask(agent: Agent): { readonly logProbs: Float32Array; readonly values: Float32Array } {
    return this.fabric.step(() => {
      const [logProbs, values] = noGrad(() => agent.forward(tf.tensor2d(this.#states.map((state) => [...state]))));
      return { logProbs: Float32Array.from(logProbs.dataSync()), values: Float32Array.from(values.dataSync()) };
    });
  }

  #restart(i: number): CartPoleState {
    this.episodeReturns.push(this.#running[i] ?? 0);
    this.#running[i] = 0;
    const environment = this.#environments[i];
    if (environment === undefined) throw new RangeError(`There is no environment ${i}.`);
    return environment.reset();
  }
}

interface Played {
  readonly rewards: Float32Array;
  readonly values: Float32Array;
  readonly goesOn: Uint8Array;
  readonly width: number;
}

/** Generalized advantage estimation (Schulman et al., 2016), backwards in time. */
function estimateAdvantages(
  { rewards, values, goesOn, width }: Played,
  { advantages, returns }: Pick<Experience, "advantages" | "returns">,
): void {
  for (let at = rewards.length - 1; at >= 0; at -= 1) {
    const next = goesOn[at] ?? 0;
    const surprise = (rewards[at] ?? 0) + GAMMA * next * (values[at + width] ?? 0) - (values[at] ?? 0);
    advantages[at] = surprise + GAMMA * LAMBDA * next * (advantages[at + width] ?? 0);
    returns[at] = (advantages[at] ?? 0) + (values[at] ?? 0);
  }
}
