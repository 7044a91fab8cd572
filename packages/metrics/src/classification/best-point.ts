import { tf } from "@lightning-ts/core";
import { refuse } from "./check-options.js";

/** The best point of a curve, and its threshold. */
export interface Best {
  readonly value: number;
  readonly threshold: number;
}

interface Search {
  /** What should be as high as possible. */
  readonly value: readonly number[];
  /** What has to be at least `least`; the higher one decides between equal values, then the higher threshold. */
  readonly condition: readonly number[];
  readonly thresholds: readonly number[];
  readonly least: number;
}

export function best({ value, condition, thresholds, least }: Search): Best {
  const points = thresholds
    .map((threshold, i) => ({ value: value[i] ?? 0, condition: condition[i] ?? 0, threshold }))
    .filter((point) => Math.fround(point.condition) >= Math.fround(least));
  const [found] = points.toSorted(
    (a, b) => b.value - a.value || b.condition - a.condition || b.threshold - a.threshold,
  );
  if (found === undefined || found.value === 0) return { value: 0, threshold: Number.NaN };
  return { value: found.value, threshold: found.threshold };
}

/** Values and thresholds: of one point scalars, of several tensors. */
export function stackedBest(points: Best | readonly Best[]): readonly [tf.Tensor, tf.Tensor] {
  if ("value" in points) return [tf.scalar(points.value), tf.scalar(points.threshold)];
  return [tf.tensor1d(points.map(({ value }) => value)), tf.tensor1d(points.map(({ threshold }) => threshold))];
}

/** What is drawn of pairs of values and thresholds, one or one for each step: the values. */
export function bestValues(shown: unknown): unknown {
  if (!Array.isArray(shown)) return shown;
  const steps: readonly unknown[] = shown;
  if (steps.every((step) => Array.isArray(step))) return steps.map((step: unknown[]) => step[0]);
  return steps[0];
}

export function checkedShare(name: string, option: string, value: number): number {
  return value >= 0 && value <= 1 ? value : refuse(name, option, value, "a number from 0 to 1");
}
