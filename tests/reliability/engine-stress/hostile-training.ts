import * as tf from "@tensorflow/tfjs-core";
import type { OnnxRuntimeBackend } from "@lightning-ts/backend-onnxruntime";
import { collectGarbage } from "../../../packages/backend-onnxruntime/src/testing/collect-garbage.js";
import { TinyClassifier } from "../../../packages/backend-onnxruntime/src/testing/tiny-classifier.js";

/** A tensor that is kept over many steps, with what it held when it was first read. */
interface Keepsake {
  readonly tensor: tf.Tensor;
  values: ArrayLike<number> | undefined;
}

export interface HostileReport {
  readonly weights: readonly number[];
  readonly reads: number;
  readonly collections: number;
  /** Kept tensors whose contents were not what they had been. */
  readonly corrupted: number;
}

const MOST_KEPT = 24;

/**
 * Trains `steps` steps; with `isHostile`, between and inside the steps everything happens that might disturb memory in
 * use.
 */
export async function train(backend: OnnxRuntimeBackend, steps: number, isHostile: boolean): Promise<HostileReport> {
  const model = new TinyClassifier(3);
  const events = new HostileEvents(backend);
  for (let step = 0; step < steps; step += 1) {
    const loss = model.step(step, step % 10 === 9 ? 7 : 16, isHostile ? (tensor) => events.look(tensor) : undefined);
    if (isHostile) await events.after(loss, step);
    loss.dispose();
    await backend.submit();
  }
  const weights = model.weights();
  model.dispose();
  return { weights, ...events.finish() };
}

class HostileEvents {
  readonly #backend: OnnxRuntimeBackend;
  readonly #kept: Keepsake[] = [];
  #state = 7;
  #reads = 0;
  #collections = 0;
  #corrupted = 0;

  constructor(backend: OnnxRuntimeBackend) {
    this.#backend = backend;
  }

  /** While a step is recorded: reads in mid-flight, keeps, evicts graphs, leaves tensors to the collector. */
  look(tensor: tf.Tensor): void {
    const chance = this.#next();
    if (chance < 0.01) this.#read(tensor);
    else if (chance < 0.015) this.#kept.push({ tensor: tf.keep(tf.clone(tensor)), values: undefined });
    else if (chance < 0.02) tf.tidy(() => tf.sum(tf.ones([1 + Math.floor(this.#next() * 300)])).dataSync());
    else if (chance < 0.03) tf.keep(tf.mul(tensor, 2));
  }

  /** Between two steps. */
  async after(loss: tf.Tensor, step: number): Promise<void> {
    const chance = this.#next();
    if (chance < 0.02) this.#read(loss);
    else if (chance < 0.03) void loss.data();
    else if (chance < 0.04) await this.#backend.synchronize();
    if (this.#next() < 0.05) this.#check();
    while (this.#kept.length > MOST_KEPT) this.#kept.shift()?.tensor.dispose();
    if (step % 250 !== 249) return;
    this.#collections += 1;
    await collectGarbage();
  }

  finish(): Omit<HostileReport, "weights"> {
    for (const { tensor } of this.#kept) tensor.dispose();
    return { reads: this.#reads, collections: this.#collections, corrupted: this.#corrupted };
  }

  #read(tensor: tf.Tensor): void {
    this.#reads += 1;
    tensor.dataSync();
  }

  #check(): void {
    const kept = this.#kept[Math.floor(this.#next() * this.#kept.length)];
    if (kept === undefined) return;
    const values = kept.tensor.dataSync();
    kept.values ??= values;
    if (!values.every((value, index) => Object.is(value, kept.values?.[index]))) this.#corrupted += 1;
  }

  #next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}
