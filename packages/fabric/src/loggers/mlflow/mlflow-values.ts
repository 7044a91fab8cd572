import { visibleText } from "@lightning-ts/core";
import { flattenParams } from "../hparams-file.js";

/** MLflow's own limits for one request. */
export const MOST_METRICS = 1000;
export const MOST_PARAMS = 100;
/** As in Lightning: older servers refuse longer ones. */
const LONGEST_PARAM = 250;

export interface MlflowMetric {
  readonly key: string;
  /** JSON has no word for NaN and infinities, MLflow has. */
  readonly value: number | string;
  readonly timestamp: number;
  readonly step: number;
}

export interface MlflowParam {
  readonly key: string;
  readonly value: string;
}

export function metricOf(key: string, value: number, timestamp: number, step: number): MlflowMetric {
  return { key: allowedName(key), value: Number.isFinite(value) ? value : String(value), timestamp, step };
}

/** Nested parameters as one level, keys joined with `/`. */
export function paramsOf(params: Readonly<Record<string, unknown>>): MlflowParam[] {
  return Object.entries(flattenParams(params)).map(([key, value]) => ({
    key: allowedName(key),
    value: visibleText(textOf(value)).slice(0, LONGEST_PARAM),
  }));
}

/** A name without the characters that MLflow refuses. */
export function allowedName(name: string): string {
  return name.replaceAll(/[^\w/. -]+/g, "");
}

function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
