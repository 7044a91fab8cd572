import { classNameOf, isMetric, Metric, MisconfigurationError, tf } from "@lightning-ts/core";
import { asTensor } from "../base/as-tensor.js";
import { updateWith } from "../base/update-with.js";
import { whenAll } from "../base/when-all.js";
import { constantOf, evaluate, type Expression, metricsIn, withMetrics } from "./expression.js";
import type { BinaryOperation } from "./operations.js";

/** What metrics are computed with. */
export type MetricOperand = Metric | tf.Tensor | number;

/**
 * A value computed from the values of metrics: `CompositionalMetric.of` begins, and its methods take metrics, tensors
 * or numbers. An update reaches each metric once, wherever it occurs. The metrics are those that were given, not
 * copies: a reset resets them. Metrics whose `compute` returns a promise are refused.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BinaryPrecision, BinaryRecall, CompositionalMetric } from "@lightning-ts/metrics";
 *
 * const precision = CompositionalMetric.of(new BinaryPrecision());
 * const recall = CompositionalMetric.of(new BinaryRecall());
 * const f1 = precision.mul(recall).mul(2).div(precision.add(recall));
 * f1.update(tf.tensor1d([0.9, 0.2, 0.7]), tf.tensor1d([1, 0, 0], "int32"));
 * console.log(f1.compute().dataSync()[0]); // 2 / 3
 * ```
 */
export class CompositionalMetric extends Metric {
  override readonly fullStateUpdate: boolean;
  readonly #expression: Expression;
  readonly #metrics: readonly Metric[];

  /** For `of` and the operations. */
  protected constructor(expression: Expression) {
    super(expression);
    this.#expression = expression;
    this.#metrics = [...metricsIn(expression)];
    for (const [i, metric] of this.#metrics.entries()) this.addMetric(String(i), metric);
    this.fullStateUpdate = this.#metrics.some(({ fullStateUpdate }) => fullStateUpdate);
  }

  /** The value of a metric, or one that is always the same, to compute with. */
  static of(operand: MetricOperand): CompositionalMetric {
    return new CompositionalMetric(CompositionalMetric.#expressionOf(operand));
  }

  override update(...inputs: readonly unknown[]): unknown {
    return whenAll(
      this.#metrics.map((metric) => updateWith(metric, inputs)),
      () => undefined,
    );
  }

  override compute(): tf.Tensor {
    const values = new Map(this.#metrics.map((metric) => [metric, metric.compute()]));
    return evaluate(this.#expression, (metric) => asTensor("CompositionalMetric", values.get(metric)));
  }

  /** The same of copies of all metrics, which have collected the same. */
  override clone(): this {
    const copies = new Map(this.#metrics.map((metric) => [metric, metric.clone()]));
    const expression = withMetrics(this.#expression, (metric) => copies.get(metric) ?? metric);
    const copy: this = Reflect.construct(this.constructor, [expression]);
    if (this.updateCount > 0) copy.restore(this.state());
    return copy;
  }

  abs(): CompositionalMetric {
    return new CompositionalMetric({ kind: "unary", operation: "abs", of: this.#expression });
  }
  neg(): CompositionalMetric {
    return new CompositionalMetric({ kind: "unary", operation: "neg", of: this.#expression });
  }
  add(other: MetricOperand): CompositionalMetric {
    return this.#with("add", other);
  }
  sub(other: MetricOperand): CompositionalMetric {
    return this.#with("sub", other);
  }
  mul(other: MetricOperand): CompositionalMetric {
    return this.#with("mul", other);
  }
  /** Whole numbers too are divided with what is left over. */
  div(other: MetricOperand): CompositionalMetric {
    return this.#with("div", other);
  }
  floorDiv(other: MetricOperand): CompositionalMetric {
    return this.#with("floorDiv", other);
  }
  /** What is left over, with the sign of `other`. */
  mod(other: MetricOperand): CompositionalMetric {
    return this.#with("mod", other);
  }
  pow(other: MetricOperand): CompositionalMetric {
    return this.#with("pow", other);
  }
  matMul(other: MetricOperand): CompositionalMetric {
    return this.#with("matMul", other);
  }
  equal(other: MetricOperand): CompositionalMetric {
    return this.#with("equal", other);
  }
  notEqual(other: MetricOperand): CompositionalMetric {
    return this.#with("notEqual", other);
  }
  greater(other: MetricOperand): CompositionalMetric {
    return this.#with("greater", other);
  }
  greaterEqual(other: MetricOperand): CompositionalMetric {
    return this.#with("greaterEqual", other);
  }
  less(other: MetricOperand): CompositionalMetric {
    return this.#with("less", other);
  }
  lessEqual(other: MetricOperand): CompositionalMetric {
    return this.#with("lessEqual", other);
  }
  /** Whether both are not 0; `logicalOr`, `logicalXor` and `logicalNot` alike. */
  logicalAnd(other: MetricOperand): CompositionalMetric {
    return this.#with("logicalAnd", other);
  }
  logicalOr(other: MetricOperand): CompositionalMetric {
    return this.#with("logicalOr", other);
  }
  logicalXor(other: MetricOperand): CompositionalMetric {
    return this.#with("logicalXor", other);
  }
  logicalNot(): CompositionalMetric {
    return new CompositionalMetric({ kind: "unary", operation: "logicalNot", of: this.#expression });
  }
  /** One of several numbers, by its place in the first dimension; from the end, where it is negative. */
  at(index: number): CompositionalMetric {
    return new CompositionalMetric({ kind: "part", index, of: this.#expression });
  }

  #with(operation: BinaryOperation, other: MetricOperand): CompositionalMetric {
    const b = CompositionalMetric.#expressionOf(other);
    return new CompositionalMetric({ kind: "binary", operation, a: this.#expression, b });
  }

  static #expressionOf(operand: MetricOperand): Expression {
    if (operand instanceof CompositionalMetric) return operand.#expression;
    if (operand instanceof tf.Tensor) return constantOf(operand);
    if (typeof operand === "number") return { kind: "number", value: operand };
    if (isMetric(operand)) return { kind: "metric", metric: operand };
    throw new MisconfigurationError({
      message: "CompositionalMetric cannot compute with this.",
      expected: "a metric, a tensor or a number",
      received: typeof operand === "object" && operand !== null ? classNameOf(operand) : String(operand),
    });
  }
}
