import { MisconfigurationError, type nn, noGrad, tf } from "@lightning-ts/core";

/** What `ClassRange` needs of its metric. */
interface Owner {
  readonly name: string;
  readonly largest: number;
  readonly isReadEachBatch: boolean;
}

/** What the smallest and the largest class were: the state that a metric declares for its `ClassRange`. */
export const RANGE_STATE = { reduce: "max", shape: [4], initial: Number.NEGATIVE_INFINITY } as const;

/**
 * Whether all classes were those that a metric knows, without a read in a step: the extremes are states of the metric,
 * and are read when it is computed.
 */
export class ClassRange {
  readonly #extremes: nn.Buffer;
  readonly #owner: Owner;

  constructor(extremes: nn.Buffer, owner: Owner) {
    this.#extremes = extremes;
    this.#owner = owner;
  }

  /** Where the extremes are kept for `verify` to look at later; undefined where each batch is looked at. */
  get extremes(): nn.Buffer | undefined {
    return this.#owner.isReadEachBatch ? undefined : this.#extremes;
  }

  /**
   * Remembers the extremes of a batch.
   * @param preds predicted classes; undefined where they are scores
   * @param counts where targets count; undefined means everywhere
   */
  watch(target: tf.Tensor, preds: tf.Tensor | undefined, counts: tf.Tensor | undefined): void {
    if (target.size === 0) return;
    const known = counts === undefined ? target : tf.where(counts, target, tf.zerosLike(target));
    const of = (classes: tf.Tensor) => [tf.max(classes), tf.neg(tf.min(classes))];
    const ofTarget = of(known);
    const found = tf.stack([
      ...ofTarget,
      ...(preds === undefined ? ofTarget : of(preds.dtype === known.dtype ? preds : tf.cast(preds, known.dtype))),
    ]);
    this.#extremes.assign(tf.maximum(this.#extremes, tf.cast(found, "float32")));
    if (this.#owner.isReadEachBatch) this.verify();
  }

  /** @throws MisconfigurationError that names a class which the metric does not know */
  verify(): void {
    const [mostTarget = 0, leastTarget = 0, mostPreds = 0, leastPreds = 0] = noGrad(() => this.#extremes.dataSync());
    this.#require("target", mostTarget, -leastTarget);
    this.#require("predicted", mostPreds, -leastPreds);
  }

  #require(what: string, most: number, least: number): void {
    const { name, largest } = this.#owner;
    const stranger = most > largest ? most : least < 0 ? least : undefined;
    if (stranger === undefined || !Number.isFinite(stranger)) return;
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: `${name} met a ${what} class that it does not know.`,
      expected: `classes from 0 to ${largest}`,
      received: `class ${stranger}`,
      tryThis: "ignoreIndex, if it stands for what should not count.",
    });
  }
}

/** Whether the classes of a metric are checked, by its option. */
export function isChecked(validateArgs: boolean | "each batch" | undefined): boolean {
  return validateArgs !== false;
}
