import { classNameOf } from "../errors/class-name.js";
import { Tensor } from "@tensorflow/tfjs-core";
import { Buffer } from "../autograd/parameter.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { Module } from "../nn/module.js";
import { isEngineBackend } from "../backend/engine-package.js";
import { detach } from "../tensor/detach.js";
import { keep } from "../tensor/keep.js";
import { rememberForRollback } from "../tensor/rollback.js";
import { tf } from "../tensor/tf.js";
import { mapTree, tensorsIn } from "../tree/tree.js";
import { andThen, finishing, inOwnScope } from "./in-own-scope.js";
import type { MetricList } from "./metric-list.js";
import type { MetricReduction, MetricState, MetricStateInput } from "./metric-state.js";
import { MetricStates } from "./metric-states.js";
import { drawnValue } from "./plot-metric.js";
import { plotRanged, type PlotOptions } from "./plot-values.js";
import { warnNeverUpdated } from "./warn-never-updated.js";

/** On the prototype of every metric, so that metrics of another copy of this library are recognised too. */
const METRIC_MARKER = Symbol.for("lightning-ts.metric");

/** What a call of a metric gives: the value of its `compute`, in a promise where `update` or `compute` return one. */
export type MetricValue<TMetric extends Metric> =
  ReturnType<TMetric["update"]> extends PromiseLike<unknown>
    ? Promise<Awaited<ReturnType<TMetric["compute"]>>>
    : ReturnType<TMetric["compute"]>;

export interface MetricStateOptions {
  /** How the states of several ranks, or of a batch and all before it, become one: by a word, or by a function. */
  readonly reduce: Exclude<MetricReduction, "cat">;
  /** @default [], a single number */
  readonly shape?: readonly number[] | undefined;
  /** What all its numbers are at first, and after a reset. @default 0 */
  readonly initial?: number | undefined;
  /** @default "float32" */
  readonly dtype?: "float32" | "int32" | undefined;
  /** Whether it is part of the module's state dict. Checkpoints of the Trainer hold it in any case. @default false */
  readonly persistent?: boolean | undefined;
}

/**
 * Base of metrics that collect over batches, as torchmetrics' is: a subclass declares its states, adds a batch to them
 * in `update`, and makes a value of them in `compute`. Nothing is recorded for gradients in either, and what they make
 * is freed; on a lazy backend nothing is read. Both may return promises.
 *
 * In a LightningModule, a metric is a field: update or call it in a step, and `this.log("acc", this.acc)`. The Trainer
 * computes it at the end of the epoch, resets it, and keeps its states in checkpoints.
 * @example
 * ```ts
 * import { Metric, tf } from "@lightning-ts/core";
 *
 * class MeanError extends Metric {
 *   readonly total = this.addState("total", { reduce: "sum" });
 *   readonly count = this.addState("count", { reduce: "sum" });
 *
 *   override update(predictions: tf.Tensor, targets: tf.Tensor) {
 *     this.total.assign(tf.add(this.total, tf.sum(tf.abs(tf.sub(predictions, targets)))));
 *     this.count.assign(tf.add(this.count, predictions.size));
 *   }
 *   override compute() {
 *     return tf.div(this.total, this.count);
 *   }
 * }
 * const error = new MeanError();
 * error.update(tf.tensor1d([1, 2]), tf.tensor1d([2, 2]));
 * error.update(tf.tensor1d([3, 4]), tf.tensor1d([3, 1]));
 * console.log(error.compute().dataSync()[0]); // 1
 * ```
 */
export abstract class Metric extends Module {
  /**
   * Whether `update` has to see the states of all batches before it. With false a call of the metric updates once, and
   * adds the batch's states to the others by their reductions. @default true
   */
  readonly fullStateUpdate: boolean = true;
  /** Whether more of the value is better; undefined where neither can be said. @default undefined */
  readonly higherIsBetter: boolean | undefined = undefined;
  /** The least that the value can be, for `plot`. @default undefined */
  readonly plotLowerBound: number | undefined = undefined;
  /** The most that the value can be, for `plot`. @default undefined */
  readonly plotUpperBound: number | undefined = undefined;
  /** What `plot` writes before the number of a class, such as "Class". @default undefined */
  readonly plotLegendName: string | undefined = undefined;
  readonly #states = new MetricStates();
  readonly #parts: Metric[] = [];
  readonly #update: (inputs: readonly unknown[]) => unknown;
  readonly #compute: () => unknown;
  #updateCount = 0;
  #isDisposed = false;
  /** How many updates the last reset forgot. */
  #forgotten = 0;
  #forgottenByAll = 0;
  #forwardValue: unknown;
  #running: "update" | "forward" | "compute" | undefined;
  readonly #made: readonly unknown[];

  /** @param made what `clone` gives to the constructor of the same class: a subclass passes its own arguments on */
  constructor(...made: readonly unknown[]) {
    super();
    this.#made = made;
    const own = { update: this.update, compute: this.compute };
    const name = classNameOf(this);
    this.#update = (inputs) => inOwnScope(`${name}.update`, () => Reflect.apply(own.update, this, inputs));
    this.#compute = () => inOwnScope(`${name}.compute`, () => Reflect.apply(own.compute, this, []));
    const replace = (method: string, value: (...inputs: unknown[]) => unknown) =>
      Object.defineProperty(this, method, { value, writable: true, configurable: true });
    replace("update", (...inputs) => this.#alone("update", () => this.#counted(inputs)));
    replace("compute", () =>
      this.#alone("compute", () => {
        this.#verified(this.#updateCount);
        return this.#compute();
      }),
    );
  }

  /** Adds a batch to the states. */
  abstract update(...inputs: never[]): unknown;
  /** The value of all batches since the last reset. Its tensors belong to the scope around the call. */
  abstract compute(): unknown;

  /**
   * Adds a batch to the states. @returns the value of this batch alone, without gradients; `log` takes it as the step's
   * value
   */
  override forward(...inputs: Parameters<this["update"]>): MetricValue<this>;
  override forward(...inputs: readonly unknown[]): unknown {
    return this.#alone("forward", () => {
      const counts = this.#parts.map(({ updateCount }) => updateCount + 1);
      return andThen(this.fullStateUpdate ? this.#updateTwice(inputs) : this.#updateAndMerge(inputs), (value) => {
        this.#parts.forEach((part, i) => part.#setCount(counts[i] ?? 0));
        this.#freeForwardValue();
        this.#forwardValue = mapTree(value, (leaf) => (leaf instanceof Tensor ? keep(detach(leaf)) : leaf));
        return value;
      });
    });
  }

  /** Forgets all batches. */
  reset(): void {
    this.#forgotten = this.#updateCount;
    this.#forgottenByAll += this.#updateCount;
    this.#states.reset();
    this.#setCount(0);
    this.#freeForwardValue();
  }

  /** The value that the last call gave, since the last reset. The metric frees it. */
  get forwardValue(): unknown {
    return this.#forwardValue;
  }

  /** How often it was updated since the last reset. */
  get updateCount(): number {
    return this.#updateCount;
  }

  /** How many updates all its resets have forgotten: what tells a reset in the middle of an epoch afterwards. */
  get forgottenUpdates(): number {
    return this.#forgottenByAll;
  }

  /** How each state is reduced over ranks. */
  get reductions(): ReadonlyMap<string, MetricReduction> {
    return this.#states.reductions();
  }

  /** What it has collected. The tensors are live. */
  state(): MetricState {
    return { version: 1, updateCount: this.#updateCount, values: this.#states.values() };
  }

  /**
   * Takes a state back, as `state` gave it or as it was read from a file.
   * @throws MisconfigurationError when it does not fit
   */
  restore(state: MetricStateInput): void {
    this.#states.load(classNameOf(this), state.values);
    this.#setCount(state.updateCount);
    this.#freeForwardValue();
  }

  /** The value of other states than its own, such as those of all ranks. Its own stay as they are. */
  computeOf(state: MetricStateInput): unknown {
    return this.#alone("compute", () => {
      const own = this.#states.take();
      const counts = this.#parts.map(({ updateCount }) => updateCount);
      return finishing(
        () => {
          for (const part of this.#parts) part.#setCount(state.updateCount);
          this.#states.load(classNameOf(this), state.values);
          this.#verified(state.updateCount);
          return this.#compute();
        },
        () => {
          this.#states.put(own);
          this.#parts.forEach((part, i) => part.#setCount(counts[i] ?? 0));
        },
      );
    });
  }

  /**
   * A metric of the same class, made with the same arguments, that has collected the same. A class whose constructor
   * takes any passes them to `super(...)`.
   */
  clone(): this {
    const copy: this = Reflect.construct(this.constructor, this.#made);
    if (this.#updateCount > 0) copy.restore(this.state());
    return copy;
  }

  /**
   * A picture as SVG text: bars for one value, lines for a list of values over steps, with dashed lines at the bounds
   * of what the metric can be. Reads.
   * @param value of `forward` or `compute`, or a list of them @default what `compute` gives now
   */
  plot(value?: unknown, options: PlotOptions = {}): string {
    return drawnValue(this, value, (shown) => plotRanged(shown, this, { title: classNameOf(this), ...options }));
  }

  override dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#states.reset();
    this.#freeForwardValue();
    for (const part of this.#parts) part.dispose();
    super.dispose();
  }

  /**
   * Looks whether the batches were what the metric can judge, and throws otherwise. `compute` calls it, where values
   * may be read; `forward` in a step does not.
   */
  protected verify(): void {}

  /** Declares numbers that `update` changes, with `assign`. */
  protected addState(name: string, options: MetricStateOptions): Buffer {
    const { reduce, shape = [], initial = 0, dtype = "float32", persistent = false } = options;
    const size = shape.reduce((product, length) => product * length, 1);
    const buffer = Buffer.fromData(new Float32Array(size).fill(initial), shape, dtype);
    this.#states.addNumbers(name, { reduce, buffer, initial });
    return this.registerBuffer(name, buffer, { persistent });
  }

  /** Declares a list of tensors that `update` adds to, with `push`. */
  protected addListState(name: string): MetricList {
    return this.#states.addList(name);
  }

  /**
   * Declares a metric that this one is made of, for wrappers: its states are this one's too, which resets, saves and
   * frees them. `update` and `compute` call it. A wrapper takes a `clone` of what it is given, in a private field.
   */
  protected addMetric<TMetric extends Metric>(name: string, metric: TMetric): TMetric {
    this.#states.addNested(name, metric.#states);
    this.#parts.push(metric);
    return metric;
  }

  #setCount(updateCount: number): void {
    this.#updateCount = updateCount;
    for (const part of this.#parts) part.#setCount(updateCount);
  }

  #verified(updateCount: number): void {
    if (updateCount === 0 && this.#parts.length === 0) warnNeverUpdated(this, this.#forgotten);
    inOwnScope(`${classNameOf(this)}.verify`, () => this.verify());
  }

  #counted(inputs: readonly unknown[]): unknown {
    this.#remember();
    this.#updateCount += 1;
    return andThen(this.#update(inputs), () => undefined);
  }

  /** The slow and always right way: once for all batches, once for this one alone. */
  #updateTwice(inputs: readonly unknown[]): unknown {
    return andThen(this.#counted(inputs), () => {
      const all = this.#states.take();
      return finishing(
        () => andThen(this.#update(inputs), () => this.#compute()),
        () => this.#states.put(all),
      );
    });
  }

  #updateAndMerge(inputs: readonly unknown[]): unknown {
    this.#remember();
    const before = this.#states.take();
    let hasValue = false;
    return finishing(
      () =>
        andThen(
          andThen(this.#update(inputs), () => this.#compute()),
          (value) => {
            hasValue = true;
            return value;
          },
        ),
      () => {
        if (!hasValue) return this.#states.put(before);
        this.#updateCount += 1;
        this.#states.merge(before, this.#updateCount);
      },
    );
  }

  /** A step that a lazy backend cannot compute counts nowhere. */
  #remember(): void {
    rememberForRollback(this, () => {
      const count = this.#updateCount;
      const putListsBack = this.#states.snapshotOfLists();
      return () => {
        this.#updateCount = count;
        putListsBack();
        this.#freeForwardValue();
      };
    });
  }

  #freeForwardValue(): void {
    for (const tensor of tensorsIn(this.#forwardValue)) tensor.dispose();
    this.#forwardValue = undefined;
  }

  /** One after another: states change while an asynchronous call is under way. */
  #alone(what: "update" | "forward" | "compute", body: () => unknown): unknown {
    if (this.#running !== undefined) {
      throw new MisconfigurationError({
        code: "LIT_METRIC_BUSY",
        message: `${classNameOf(this)}.${what}() was called before its ${this.#running}() had ended.`,
        tryThis: `await metric.${this.#running}(…).`,
      });
    }
    this.#running = what;
    return finishing(
      () => inFloat32(body),
      () => {
        this.#running = undefined;
      },
    );
  }
}

/** A sum of many batches would lose the later ones where a step's results are rounded to a short format. */
function inFloat32(body: () => unknown): unknown {
  const { backendName, registry } = tf.engine();
  const backend: unknown = registry[backendName];
  return isEngineBackend(backend) ? backend.pauseRounding(body) : body();
}

Object.defineProperty(Metric.prototype, METRIC_MARKER, { value: true });

/** True for metrics, those of another copy of this library included. */
export function isMetric(value: unknown): value is Metric {
  return typeof value === "object" && value !== null && METRIC_MARKER in value;
}
