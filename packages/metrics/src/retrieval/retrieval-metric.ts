import { Metric, MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { refusedOption, requireInteger, requireOneOf } from "../base/check-options.js";
import { rowsOf } from "../base/rows-of.js";
import { ranked, requireBinary, requireFound, sumOf, type RankedQuery } from "./ranked-query.js";
import type { RankingSettings } from "./ranking-scores.js";

/** What the value of a query without anything relevant is: 0, 1, none, or an error. */
export type EmptyTargetAction = "neg" | "pos" | "skip" | "error";
/** How the values of queries become one. The median of an even number is the lower one of both in the middle. */
export type RetrievalAggregation = "mean" | "median" | "min" | "max" | ((values: tf.Tensor1D) => tf.Tensor);

export interface RetrievalOptions {
  /** @default "neg", for fall-out "pos" */
  readonly emptyTargetAction?: EmptyTargetAction | undefined;
  /** What has this target is left out. @default undefined, nothing */
  readonly ignoreIndex?: number | undefined;
  /** @default "mean" */
  readonly aggregation?: RetrievalAggregation | undefined;
}

export interface RankingOptions {
  /** How many of the best count. @default undefined, all */
  readonly topK?: number | undefined;
}

export interface RetrievalTopKOptions extends RetrievalOptions, RankingOptions {}

/** What makes one metric different from another. */
export interface Ranking {
  readonly name: string;
  readonly scoreOf: (query: RankedQuery, settings: RankingSettings) => number;
  /** Options beside those that all have. */
  readonly options: readonly string[];
  /** Whether targets may be other than 0 and 1. @default false */
  readonly hasDegrees?: boolean;
  /** Whether a query is empty without irrelevant ones, not without relevant ones. @default false */
  readonly isOfIrrelevant?: boolean;
}

export function rankingSettings(owner: string, options: RankingOptions & { adaptiveK?: boolean | undefined }) {
  const { topK, adaptiveK = false } = options;
  if (topK !== undefined) requireInteger(owner, "topK", topK, 1);
  return { topK, adaptiveK } satisfies RankingSettings;
}

/** The value of a single query, which is read from the device. */
export function scoreOfQuery(
  ranking: Ranking,
  given: { readonly preds: tf.Tensor; readonly target: tf.Tensor },
  options: RankingOptions & { adaptiveK?: boolean | undefined },
): tf.Tensor {
  rejectUnknownOptions(ranking.name, options, ranking.options);
  const settings = rankingSettings(ranking.name, options);
  requireFound(ranking.name, given.preds, given.target);
  const target = Array.from(given.target.dataSync(), Number);
  if (ranking.hasDegrees !== true) requireBinary(ranking.name, target);
  return tf.scalar(ranking.scoreOf(ranked(Array.from(given.preds.dataSync()), target), settings));
}

/** Base of metrics of what was found for queries. They keep all of it until `compute`, which reads and ranks it. */
export abstract class RetrievalMetric extends Metric {
  override readonly higherIsBetter: boolean | undefined = true;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  readonly #ranking: Ranking;
  readonly #settings: RankingSettings;
  readonly #emptyTargetAction: EmptyTargetAction;
  readonly #ignoreIndex: number | undefined;
  readonly #aggregation: RetrievalAggregation;
  readonly #preds = this.addListState("preds");
  readonly #target = this.addListState("target");
  readonly #indexes = this.addListState("indexes");

  constructor(ranking: Ranking, options: RetrievalTopKOptions & { adaptiveK?: boolean | undefined }) {
    super(options);
    const { name } = ranking;
    rejectUnknownOptions(name, options, ["emptyTargetAction", "ignoreIndex", "aggregation", ...ranking.options]);
    const { emptyTargetAction = ranking.isOfIrrelevant === true ? "pos" : "neg", ignoreIndex } = options;
    requireOneOf(name, "emptyTargetAction", emptyTargetAction, ["neg", "pos", "skip", "error"]);
    if (ignoreIndex !== undefined && !Number.isInteger(ignoreIndex))
      throw refusedOption(name, "ignoreIndex", ignoreIndex, "a whole number");
    const { aggregation = "mean" } = options;
    if (typeof aggregation !== "function")
      requireOneOf(name, "aggregation", aggregation, ["mean", "median", "min", "max"]);
    this.#ranking = ranking;
    this.#settings = rankingSettings(name, options);
    this.#emptyTargetAction = emptyTargetAction;
    this.#ignoreIndex = ignoreIndex;
    this.#aggregation = aggregation;
  }

  /**
   * Adds what was found.
   * @param preds how relevant each thing seems, float32
   * @param target whether it is: 0 or 1
   * @param indexes the query that it was found for, int32
   */
  override update(preds: tf.Tensor, target: tf.Tensor, indexes: tf.Tensor): void {
    if (indexes === undefined) throw this.#refused("no indexes", "update(preds, target, indexes)");
    requireFound(this.#ranking.name, preds, target, indexes);
    this.#preds.push(tf.reshape(preds, [-1]));
    this.#target.push(tf.reshape(tf.cast(target, "float32"), [-1]));
    this.#indexes.push(tf.reshape(indexes, [-1]));
  }

  override compute(): tf.Tensor {
    const values = this.#queries().flatMap((query) => this.#valueOf(query) ?? []);
    if (values.length === 0) return tf.scalar(0);
    if (typeof this.#aggregation === "function") return this.#aggregation(tf.tensor1d(values));
    return tf.scalar(aggregated(values, this.#aggregation));
  }

  #queries(): RankedQuery[] {
    const { name, hasDegrees } = this.#ranking;
    const [preds, target, indexes] = [this.#preds, this.#target, this.#indexes].map((list) =>
      Array.from(rowsOf(name, list).dataSync()),
    );
    const queries = new Map<number, { preds: number[]; target: number[] }>();
    indexes?.forEach((index, i) => {
      const [prediction = Number.NaN, wanted = Number.NaN] = [preds?.[i], target?.[i]];
      if (wanted === this.#ignoreIndex) return;
      const query = queries.get(index) ?? { preds: [], target: [] };
      query.preds.push(prediction);
      query.target.push(wanted);
      queries.set(index, query);
    });
    if (queries.size === 0) throw this.#refused("nothing but targets that are ignored", "some targets");
    if (hasDegrees !== true) for (const query of queries.values()) requireBinary(name, query.target);
    return [...queries].toSorted(([a], [b]) => a - b).map(([, query]) => ranked(query.preds, query.target));
  }

  /** Undefined where the query counts for nothing. */
  #valueOf(query: RankedQuery): number | undefined {
    const isOfIrrelevant = this.#ranking.isOfIrrelevant === true;
    const counted = isOfIrrelevant ? query.target.map((value) => 1 - value) : query.target;
    if (sumOf(counted) !== 0) return this.#ranking.scoreOf(query, this.#settings);
    switch (this.#emptyTargetAction) {
      case "neg":
        return 0;
      case "pos":
        return 1;
      case "skip":
        return undefined;
      case "error":
        throw this.#refused(
          `a query without ${isOfIrrelevant ? "irrelevant" : "relevant"} things`,
          "at least one in each query, or another emptyTargetAction",
        );
      default:
        return this.#emptyTargetAction satisfies never;
    }
  }

  #refused(received: string, expected: string): MisconfigurationError {
    const message = `${this.#ranking.name} ranks what was found for each query.`;
    return new MisconfigurationError({ code: "LIT_METRIC_INPUT", message, expected, received });
  }
}

function aggregated(values: readonly number[], aggregation: "mean" | "median" | "min" | "max"): number {
  switch (aggregation) {
    case "mean":
      return sumOf(values) / values.length;
    case "median":
      return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    default:
      return aggregation satisfies never;
  }
}
