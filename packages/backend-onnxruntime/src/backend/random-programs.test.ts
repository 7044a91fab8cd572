import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { collectGarbage } from "../testing/collect-garbage.js";
import { startBackend } from "../testing/start-backend.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

const SIZE = 6;
let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  backend = await startBackend({ maxGraphNodes: 96, cacheSize: 24, onWarning: () => {} });
});

/** A tensor and what it must hold, worked out in JavaScript. */
interface Known {
  readonly tensor: tf.Tensor1D;
  readonly values: number[];
}

/** Builds, reads, shares and frees tensors at random; whole numbers of bounded size, so that every value is exact. */
class RandomProgram {
  readonly #live: Known[] = [];
  readonly #variable = tf.variable(tf.tensor1d([1, 2, 3, 4, 5, 6]));
  #variableValues = [1, 2, 3, 4, 5, 6];
  readonly #reads: Promise<void>[] = [];
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      await this.#step();
      while (this.#live.length > 30) this.#drop();
    }
    await Promise.all(this.#reads);
    for (const { tensor, values } of this.#live) this.#read({ tensor, values });
    expect([...this.#variable.dataSync()]).toEqual(this.#variableValues);
    while (this.#live.length > 0) this.#drop();
    this.#variable.dispose();
  }

  async #step(): Promise<void> {
    const chance = this.#next(100);
    if (chance < 62) this.#compute();
    else if (chance < 72) this.#drop();
    else if (chance < 80) this.#read(this.#pick());
    else if (chance < 86) this.#readLater(this.#pick());
    else if (chance < 92) this.#assign(this.#pick());
    else if (chance < 95) await backend.submit();
    else if (chance < 96) await backend.synchronize();
    else if (chance < 97) await collectGarbage();
    else {
      const [a, b] = [this.#pick(), this.#pick()];
      tf.tidy(() => this.#read(this.#combine(a, b)));
    }
  }

  #compute(): void {
    const chance = this.#next(8);
    if (chance === 0) {
      const values = Array.from({ length: SIZE }, () => this.#next(21) - 10);
      this.#live.push({ tensor: tf.tensor1d(values), values });
    } else if (chance === 1) {
      this.#unpack(this.#pick());
    } else {
      const [a, b] = [this.#pick(), this.#pick()];
      tf.tidy(() => {
        const made = this.#combine(a, b);
        tf.keep(made.tensor);
        this.#live.push(made);
      });
    }
  }

  #combine(a: Known, b: Known): Known {
    switch (this.#next(7)) {
      case 0:
        return {
          tensor: tf.clipByValue(tf.add(a.tensor, b.tensor), -1000, 1000),
          values: a.values.map((value, i) => Math.max(-1000, Math.min(1000, value + (b.values[i] ?? 0)))),
        };
      case 1:
        return {
          tensor: tf.minimum(a.tensor, tf.sub(b.tensor, 1)),
          values: a.values.map((value, i) => Math.min(value, (b.values[i] ?? 0) - 1)),
        };
      case 2:
        return { tensor: tf.reverse(a.tensor), values: a.values.toReversed() };
      case 3:
        return {
          tensor: tf.concat([tf.slice(a.tensor, [2], [3]), tf.slice(b.tensor, [0], [3])]),
          values: [...a.values.slice(2, 5), ...b.values.slice(0, 3)],
        };
      case 4:
        return {
          tensor: tf.reshape(tf.transpose(tf.reshape(a.tensor, [2, 3])), [SIZE]),
          values: [0, 3, 1, 4, 2, 5].map((i) => a.values[i] ?? 0),
        };
      case 5:
        return { tensor: tf.clone(a.tensor), values: a.values };
      default:
        return {
          tensor: tf.maximum(this.#variable, b.tensor),
          values: this.#variableValues.map((value, i) => Math.max(value, b.values[i] ?? 0)),
        };
    }
  }

  /** A kernel with several results, of which some are dropped at once. */
  #unpack(a: Known): void {
    const rows = tf.tidy(() =>
      tf.unstack(tf.stack([a.tensor, tf.abs(a.tensor)])).map((row) => tf.keep(tf.reshape<tf.Rank.R1>(row, [SIZE]))),
    );
    const values = [a.values, a.values.map(Math.abs)];
    rows.forEach((row, i) => {
      if (this.#next(2) === 0) row.dispose();
      else this.#live.push({ tensor: row, values: values[i] ?? [] });
    });
  }

  #assign(known: Known): void {
    this.#variable.assign(known.tensor);
    this.#variableValues = known.values;
  }

  #read({ tensor, values }: Known): void {
    expect([...tensor.dataSync()].map((value) => value + 0)).toEqual(values.map((value) => value + 0));
  }

  #readLater({ tensor, values }: Known): void {
    this.#reads.push(
      tensor
        .data()
        .then((data) => expect([...data].map((value) => value + 0)).toEqual(values.map((value) => value + 0))),
    );
  }

  #pick(): Known {
    const found = this.#live[this.#next(this.#live.length)];
    if (found !== undefined) return found;
    const values = [3, 1, 4, 1, 5, 9];
    const made = { tensor: tf.tensor1d(values), values };
    this.#live.push(made);
    return made;
  }

  #drop(): void {
    const [gone] = this.#live.splice(this.#next(this.#live.length), 1);
    gone?.tensor.dispose();
  }

  #next(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return limit === 0 ? 0 : Math.floor((this.#state / 2 ** 32) * limit);
  }
}

it.each([1, 2, 3])(
  "500 random operations, reads, disposals and runs give exact values and leave nothing behind (seed %i)",
  { timeout: 60_000 },
  async (seed) => {
    const tensors = tf.memory().numTensors;
    const ids = backend.numDataIds();
    await new RandomProgram(seed).run(500);
    await backend.synchronize();
    expect(backend.statistics().pendingNodes).toBe(0);
    expect(tf.memory().numTensors).toBe(tensors + 1);
    expect(backend.numDataIds()).toBeLessThanOrEqual(ids + 1);
  },
);
