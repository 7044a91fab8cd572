import { Tensor, tidy } from "@tensorflow/tfjs-core";
import type { Buffer } from "../autograd/parameter.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import type { HostValue } from "../nn/state-dict.js";
import { keep } from "../tensor/keep.js";
import { noGrad } from "../tensor/recording.js";
import { tf } from "../tensor/tf.js";
import { MetricList } from "./metric-list.js";
import type { MetricReduction } from "./metric-state.js";

interface NumberState {
  readonly reduce: Exclude<MetricReduction, "cat">;
  readonly buffer: Buffer;
  readonly initial: number;
}

/** What all states hold, put aside: kept tensors, one for each of the numbers, any number for each list. */
export type TakenStates = ReadonlyMap<string, readonly Tensor[]>;

/** The states of one metric, by name. */
export class MetricStates {
  readonly #numbers = new Map<string, NumberState>();
  readonly #lists = new Map<string, MetricList>();

  addNumbers(name: string, state: NumberState): void {
    this.#requireNew(name);
    this.#numbers.set(name, state);
  }

  addList(name: string): MetricList {
    this.#requireNew(name);
    const list = new MetricList();
    this.#lists.set(name, list);
    return list;
  }

  /** The states of another metric, under names that begin with `prefix`: they are the same states, not copies. */
  addNested(prefix: string, other: MetricStates): void {
    for (const [name, state] of other.#numbers) this.addNumbers(`${prefix}.${name}`, state);
    for (const [name, list] of other.#lists) {
      this.#requireNew(`${prefix}.${name}`);
      this.#lists.set(`${prefix}.${name}`, list);
    }
  }

  reductions(): ReadonlyMap<string, MetricReduction> {
    return new Map<string, MetricReduction>([
      ...[...this.#numbers].map(([name, { reduce }]) => [name, reduce] as const),
      ...[...this.#lists.keys()].map((name) => [name, "cat"] as const),
    ]);
  }

  reset(): void {
    for (const state of this.#numbers.values()) setToInitial(state);
    for (const list of this.#lists.values()) list.put([]);
  }

  /** All values; what is empty has none. */
  values(): Record<string, Tensor> {
    const values: Record<string, Tensor> = {};
    for (const [name, { buffer }] of this.#numbers) values[name] = buffer;
    for (const [name, list] of this.#lists) {
      const rows = list.concat();
      if (rows !== undefined) values[name] = rows;
    }
    return values;
  }

  /** Takes values over, copied. Nothing changes unless all of them fit. */
  load(owner: string, values: Readonly<Record<string, Tensor | HostValue>>): void {
    for (const name of Object.keys(values))
      if (!this.#numbers.has(name) && !this.#lists.has(name)) throw doesNotFit(owner, `it has no state "${name}"`);
    for (const [name, { buffer }] of this.#numbers) {
      const value = values[name];
      if (value === undefined) throw doesNotFit(owner, `its state "${name}" is missing`);
      if (!tf.util.arraysEqual([...value.shape], buffer.shape))
        throw doesNotFit(
          owner,
          `its state "${name}" has shape [${buffer.shape.join(", ")}], not [${value.shape.join(", ")}]`,
        );
    }
    for (const [name, { buffer }] of this.#numbers) {
      const value = values[name];
      if (value instanceof Tensor) assignIn(buffer, () => tf.cast(value, buffer.dtype));
      else if (value !== undefined) buffer.setData(Float64Array.from(value.values, Number));
    }
    for (const [name, list] of this.#lists) {
      const value = values[name];
      list.put(value === undefined ? [] : [keep(value instanceof Tensor ? tf.clone(value) : uploaded(value))]);
    }
  }

  /** Puts everything aside and starts from the beginning. */
  take(): TakenStates {
    const taken = new Map<string, readonly Tensor[]>();
    for (const [name, state] of this.#numbers) {
      taken.set(name, [keep(noGrad(() => tf.clone(state.buffer)))]);
      setToInitial(state);
    }
    for (const [name, list] of this.#lists) taken.set(name, list.take());
    return taken;
  }

  /** Goes back to what was put aside. */
  put(taken: TakenStates): void {
    for (const [name, { buffer }] of this.#numbers) assignIn(buffer, () => taken.get(name)?.[0] ?? buffer);
    for (const [name, list] of this.#lists) list.put(taken.get(name) ?? []);
    this.#free(taken);
  }

  /**
   * Adds what was put aside to what has been collected since.
   * @param count of how many updates the result is
   */
  merge(taken: TakenStates, count: number): void {
    for (const [name, { buffer, reduce }] of this.#numbers) {
      const before = taken.get(name)?.[0];
      if (before !== undefined) assignIn(buffer, () => tf.cast(merged(reduce, before, buffer, count), buffer.dtype));
    }
    for (const [name, list] of this.#lists) list.put([...(taken.get(name) ?? []), ...list.take()]);
    this.#free(taken);
  }

  /** What puts the lists back after a step that could not be computed. Numbers go back by themselves. */
  snapshotOfLists(): () => void {
    const lists = [...this.#lists.values()].map((list) => [list, list.peek()] as const);
    return () => {
      for (const [list, tensors] of lists) list.put(tensors.filter(({ isDisposed }) => !isDisposed));
    };
  }

  #free(taken: TakenStates): void {
    for (const name of this.#numbers.keys()) for (const tensor of taken.get(name) ?? []) tensor.dispose();
  }

  #requireNew(name: string): void {
    if (!this.#numbers.has(name) && !this.#lists.has(name)) return;
    throw new MisconfigurationError({
      code: "LIT_METRIC_STATE",
      message: `This metric has a state "${name}" already.`,
      tryThis: "another name.",
    });
  }
}

function setToInitial({ buffer, initial }: NumberState): void {
  if (buffer.hostValues() !== undefined) buffer.setData(new Float64Array(buffer.size).fill(initial));
  else assignIn(buffer, () => tf.fill(buffer.shape, initial, buffer.dtype));
}

function assignIn(buffer: Buffer, value: () => Tensor): void {
  noGrad(() => tidy(() => buffer.assign(value())));
}

function merged(reduce: NumberState["reduce"], before: Tensor, batch: Tensor, count: number): Tensor {
  if (typeof reduce === "function") return reduce(tf.stack([before, batch]));
  switch (reduce) {
    case "sum":
      return tf.add(before, batch);
    case "mean":
      return tf.div(tf.add(tf.mul(before, count - 1), batch), count);
    case "min":
      return tf.minimum(before, batch);
    case "max":
      return tf.maximum(before, batch);
    default:
      return reduce satisfies never;
  }
}

function uploaded({ values, shape }: HostValue): Tensor {
  const isInt = values instanceof Int32Array;
  return tf.tensor(isInt ? values : Float32Array.from(values, Number), [...shape], isInt ? "int32" : "float32");
}

function doesNotFit(owner: string, why: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_METRIC_STATE",
    message: `This state does not fit ${owner}: ${why}.`,
    tryThis: "the metric that it was saved from, made with the same options.",
  });
}
