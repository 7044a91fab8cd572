import type { RandomStream } from "lightning-ts/core";

const GRAVITY = 9.8;
const CART_MASS = 1;
const POLE_MASS = 0.1;
const TOTAL_MASS = CART_MASS + POLE_MASS;
/** Half of the pole's length, in metres. */
const HALF_LENGTH = 0.5;
const FORCE = 10;
const STEP_SECONDS = 0.02;
const MAX_ANGLE = (12 * Math.PI) / 180;
const MAX_POSITION = 2.4;
const MAX_STEPS = 500;

/** Position, velocity, angle, angular velocity. */
export type CartPoleState = readonly [number, number, number, number];

export interface Transition {
  readonly state: CartPoleState;
  readonly reward: number;
  /** The pole fell or the cart left the track. */
  readonly isTerminated: boolean;
  /** The episode's time is over. */
  readonly isTruncated: boolean;
}

/**
 * A pole on a cart, to be held upright by pushing left (0) or right (1). The physics and limits of Gymnasium's
 * CartPole-v1.
 */
export class CartPole {
  #state: CartPoleState = [0, 0, 0, 0];
  #steps = 0;

  constructor(private readonly random: RandomStream) {}

  reset(): CartPoleState {
    const near = (): number => this.random.uniform(-0.05, 0.05);
    this.#steps = 0;
    this.#state = [near(), near(), near(), near()];
    return this.#state;
  }

  step(action: 0 | 1): Transition {
    const [position, velocity, angle, angularVelocity] = this.#state;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const push = ((action === 1 ? FORCE : -FORCE) + POLE_MASS * HALF_LENGTH * angularVelocity ** 2 * sin) / TOTAL_MASS;
    const angularAcceleration =
      (GRAVITY * sin - cos * push) / (HALF_LENGTH * (4 / 3 - (POLE_MASS * cos ** 2) / TOTAL_MASS));
    const acceleration = push - (POLE_MASS * HALF_LENGTH * angularAcceleration * cos) / TOTAL_MASS;
    this.#state = [
      position + STEP_SECONDS * velocity,
      velocity + STEP_SECONDS * acceleration,
      angle + STEP_SECONDS * angularVelocity,
      angularVelocity + STEP_SECONDS * angularAcceleration,
    ];
    this.#steps += 1;
    const isTerminated = Math.abs(this.#state[0]) > MAX_POSITION || Math.abs(this.#state[2]) > MAX_ANGLE;
    return { state: this.#state, reward: 1, isTerminated, isTruncated: this.#steps >= MAX_STEPS };
  }
}
