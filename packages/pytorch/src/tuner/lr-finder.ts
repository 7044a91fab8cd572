import { charts } from "@lightning-ts/core";
import { steepestFall, type SkippedPoints } from "./suggest-learning-rate.js";

/** How the learning rate grows: by equal factors, or by equal differences. */
export type RampMode = "exponential" | "linear";

export interface LRFinderResults {
  /** Learning rates, one for each step. */
  readonly lr: readonly number[];
  /** Smoothed losses. */
  readonly loss: readonly number[];
}

/**
 * What a search for a learning rate found.
 * @example
 * ```ts
 * import { LRFinder } from "@lightning-ts/pytorch";
 *
 * const finder = new LRFinder("linear", { lr: [0.1, 0.2, 0.3, 0.4], loss: [4, 3, 1, 0.9] });
 * console.log(finder.suggestion({ skipBegin: 0, skipEnd: 0 })); // 0.2
 * ```
 */
export class LRFinder {
  readonly mode: RampMode;
  readonly results: LRFinderResults;

  constructor(mode: RampMode, results: LRFinderResults) {
    this.mode = mode;
    this.results = results;
  }

  /** The rate at which the loss fell steepest; undefined where too few steps were made to tell. */
  suggestion(skipped?: SkippedPoints): number | undefined {
    const { lr, loss } = this.results;
    const index = steepestFall(lr, loss, skipped);
    return index === undefined ? undefined : lr[index];
  }

  /**
   * The loss over the rates, as an SVG picture.
   * @param options `suggest: true` marks the rate that is suggested
   */
  plot({ suggest = false }: { readonly suggest?: boolean | undefined } = {}): string {
    const { lr, loss } = this.results;
    const isExponential = this.mode === "exponential";
    const x = isExponential ? lr.map((rate) => Math.log10(rate)) : lr;
    const index = suggest ? steepestFall(lr, loss) : undefined;
    const suggested = index === undefined ? undefined : lr[index];
    const title = suggested === undefined ? "Learning rate finder" : `Learning rate finder: ${written(suggested)}`;
    const marks = index === undefined ? [] : [mark(x, loss, index)];
    return charts.lineChart([{ x, y: loss }, ...marks], {
      title,
      xLabel: isExponential ? "learning rate, as a power of ten" : "learning rate",
      yLabel: "smoothed loss",
    });
  }
}

/** An upright line through a point of the curve, as high as the curve. */
function mark(x: readonly number[], y: readonly number[], index: number): charts.LineSeries {
  const finite = y.filter((value) => Number.isFinite(value));
  const at = x[index] ?? Number.NaN;
  return { x: [at, at], y: [Math.min(...finite), Math.max(...finite)] };
}

function written(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
