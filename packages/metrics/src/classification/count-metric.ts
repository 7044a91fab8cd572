import { classNameOf, Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { checkOptions, requireOption } from "./check-options.js";
import { ClassRange, isChecked, RANGE_STATE } from "./class-range.js";
import { type Counts, countsOf, TALLY_ROWS, tallied } from "./counts.js";
import type {
  BinaryOptions,
  CountOptions,
  MulticlassOptions,
  MultilabelOptions,
  ZeroDivisionOption,
} from "./options.js";
import { OPTION_NAMES } from "./option-names.js";
import type { ScoreRules, Task } from "./scores.js";
import { addClassesAtOnce, addLabelsAtOnce } from "./tally-at-once.js";
import { classSides, labelSides, type Prepared } from "./sides.js";

/** All options of the three tasks together, as the base reads them. */
type AnyOptions = CountOptions & Partial<MultilabelOptions> & MulticlassOptions & ZeroDivisionOption;

/** Base of metrics that are a score of right and wrong answers. A subclass says which. */
abstract class CountMetric extends Metric {
  override readonly higherIsBetter: boolean | undefined = true;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  protected readonly rules: ScoreRules;
  readonly #options: AnyOptions;
  readonly #tally;
  readonly #samples;
  readonly #range: ClassRange | undefined;

  protected constructor(task: Task, options: AnyOptions, more: readonly string[]) {
    super(options);
    const name = classNameOf(this);
    rejectUnknownOptions(name, options, [...OPTION_NAMES[task], ...more]);
    checkOptions(name, options);
    this.#options = options;
    const { average = "macro", topK = 1, zeroDivision = 0, multidimAverage, validateArgs } = options;
    this.rules = { task, average, topK, zeroDivision };
    const classes = this.#classes(task, options);
    if (multidimAverage === "samplewise") this.#samples = this.addListState("samples");
    else this.#tally = this.addState("tally", { reduce: "sum", dtype: "int32", shape: [TALLY_ROWS, classes] });
    if (isChecked(validateArgs) && !(task === "multiclass" && options.numClasses === undefined))
      this.#range = new ClassRange(this.addState("range", RANGE_STATE), {
        name,
        largest: task === "multiclass" ? classes - 1 : 1,
        isReadEachBatch: validateArgs === "each batch",
      });
  }

  /** The score of what was counted. */
  protected abstract score(counts: Counts): tf.Tensor;

  /**
   * @param preds classes, probabilities or logits; where any is outside 0 to 1, all are taken for logits
   * @param target classes
   */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    if (this.#isAddedAtOnce(preds, target)) return;
    const prepared = this.#prepared(preds, target);
    if (target.size === 0) return;
    const { target: actual, preds: predicted, counts } = prepared.classes;
    this.#range?.watch(actual, predicted, counts);
    if (this.#samples !== undefined) this.#samples.push(tallied(prepared, target.shape[0] ?? 0));
    else if (this.#tally !== undefined) addTo(this.#tally, tallied(prepared, undefined));
  }

  override compute(): tf.Tensor {
    const tally = this.#tally ?? this.#samples?.concat() ?? tf.zeros([0, TALLY_ROWS, 1]);
    return this.score(countsOf(tally));
  }

  /** What its states depend on: metrics of the same text can share them. */
  get collects(): string {
    const { threshold, numClasses, numLabels, topK, ignoreIndex, multidimAverage } = this.#options;
    const what = { threshold, numClasses, numLabels, topK, ignoreIndex, multidimAverage };
    return `counts of ${this.rules.task} ${JSON.stringify(what)} ${this.#range !== undefined}`;
  }

  protected override verify(): void {
    this.#range?.verify();
  }

  #classes(task: Task, { average, numClasses, numLabels }: AnyOptions): number {
    if (task === "binary") return 1;
    if (task === "multilabel") return requireOption(classNameOf(this), "numLabels", numLabels);
    if (numClasses === undefined && average === "micro") return 1;
    return requireOption(classNameOf(this), "numClasses", numClasses);
  }

  #isAddedAtOnce(preds: tf.Tensor, target: tf.Tensor): boolean {
    const tally = this.#tally;
    const range = this.#range?.extremes;
    if (tally === undefined || (this.#range !== undefined && range === undefined)) return false;
    if (!(target instanceof tf.Tensor && preds instanceof tf.Tensor) || target.size === 0) return false;
    const { ignoreIndex, validateArgs, threshold = 0.5, numClasses, numLabels = 1 } = this.#options;
    const { task, topK } = this.rules;
    const rules = { name: classNameOf(this), ignoreIndex, isChecked: isChecked(validateArgs) };
    const states = { tally, range };
    if (task !== "multiclass")
      return addLabelsAtOnce(states, preds, target, { ...rules, threshold, labels: task === "binary" ? 1 : numLabels });
    if (numClasses === undefined) return false;
    return addClassesAtOnce(states, preds, target, { ...rules, classes: numClasses, topK });
  }

  #prepared(preds: tf.Tensor, target: tf.Tensor): Prepared {
    const { ignoreIndex, validateArgs, multidimAverage, threshold = 0.5, numClasses, numLabels = 1 } = this.#options;
    const { task, topK } = this.rules;
    const isSamplewise = multidimAverage === "samplewise";
    const shared = { name: classNameOf(this), ignoreIndex, isChecked: isChecked(validateArgs), isSamplewise };
    if (task === "multiclass") return classSides(preds, target, { ...shared, classes: numClasses, topK });
    return labelSides(preds, target, { ...shared, threshold, labels: task === "binary" ? 1 : numLabels });
  }
}

/** Base of scores of yes or no. */
export abstract class BinaryCountMetric extends CountMetric {
  constructor(options: BinaryOptions & ZeroDivisionOption = {}, more: readonly string[] = []) {
    super("binary", options, more);
  }
}

/** Base of scores of one of several classes. */
export abstract class MulticlassCountMetric extends CountMetric {
  override readonly plotLegendName: string | undefined = "Class";
  constructor(options: MulticlassOptions & ZeroDivisionOption, more: readonly string[] = []) {
    super("multiclass", options, more);
  }
}

/** Base of scores of several yes or no. */
export abstract class MultilabelCountMetric extends CountMetric {
  override readonly plotLegendName: string | undefined = "Label";
  constructor(options: MultilabelOptions & ZeroDivisionOption, more: readonly string[] = []) {
    super("multilabel", options, more);
  }
}
