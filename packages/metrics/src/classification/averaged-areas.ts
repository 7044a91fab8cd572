import { tf } from "@lightning-ts/core";
import { warnOnce } from "../base/warn-once.js";
import { refuse } from "./check-options.js";
import type { CurvePoints } from "./curve-points.js";

/** How areas of several curves become one; "none" keeps them apart. */
export type AreaAverage = "micro" | "macro" | "weighted" | "none";

export function checkedAreaAverage(name: string, average: AreaAverage = "macro", hasMicro: boolean): AreaAverage {
  if (["macro", "weighted", "none"].includes(average) || (hasMicro && average === "micro")) return average;
  return refuse(name, "average", average, `${hasMicro ? `"micro", ` : ""}"macro", "weighted" or "none"`);
}

/** Areas of curves as one; those that are NaN are left out of means. */
export function averagedAreas(
  curves: readonly CurvePoints[],
  areas: readonly number[],
  average: AreaAverage,
): tf.Tensor {
  if (average === "none") return tf.tensor1d([...areas]);
  const kept = [...areas.keys()].filter((i) => !Number.isNaN(areas[i]));
  if (kept.length < areas.length)
    warnOnce(`The area of one or more classes was NaN. These classes are left out of the ${average} average.`);
  if (average === "macro" && kept.length === 0) return tf.scalar(Number.NaN);
  const weightOf = (i: number): number => (average === "weighted" ? (curves[i]?.positives ?? 0) : 1);
  const all = kept.reduce((sum, i) => sum + weightOf(i), 0);
  return tf.scalar(kept.reduce((sum, i) => sum + (all === 0 ? 0 : (weightOf(i) * (areas[i] ?? 0)) / all), 0));
}
