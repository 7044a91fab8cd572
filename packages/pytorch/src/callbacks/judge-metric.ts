import type { StoppingReason } from "../contract/known-callbacks.js";

export interface MetricJudgement {
  readonly reason: StoppingReason;
  readonly message: string;
  readonly bestScore: number;
  readonly waitCount: number;
}

export interface JudgeOptions {
  readonly monitor: string;
  readonly mode: "min" | "max";
  readonly patience: number;
  readonly bestScore: number;
  readonly waitCount: number;
  readonly minDelta?: number | undefined;
  readonly checkFinite?: boolean | undefined;
  readonly stoppingThreshold?: number | undefined;
  readonly divergenceThreshold?: number | undefined;
}

/**
 * Checks a metric for early stopping, in this order: is it finite, good enough, hopeless, improved, and is patience
 * left.
 */
export function judgeMetric(current: number, options: JudgeOptions): MetricJudgement {
  const {
    monitor,
    mode,
    patience,
    bestScore,
    waitCount,
    minDelta = 0,
    checkFinite = true,
    stoppingThreshold,
    divergenceThreshold,
  } = options;
  const isBetter = (a: number, b: number) => (mode === "min" ? a < b : a > b);
  const stop = (reason: StoppingReason, message: string): MetricJudgement => ({
    reason,
    message,
    bestScore,
    waitCount,
  });
  if (checkFinite && !Number.isFinite(current))
    return stop("nonFiniteMetric", `${monitor} is ${current}; the best was ${short(bestScore)}.`);
  if (stoppingThreshold !== undefined && isBetter(current, stoppingThreshold))
    return stop(
      "stoppingThreshold",
      `${monitor} ${short(current)} is past the stopping threshold ${stoppingThreshold}.`,
    );
  if (divergenceThreshold !== undefined && isBetter(divergenceThreshold, current))
    return stop(
      "divergenceThreshold",
      `${monitor} ${short(current)} is past the divergence threshold ${divergenceThreshold}.`,
    );
  if (isBetter(current, mode === "min" ? bestScore - minDelta : bestScore + minDelta)) {
    return {
      reason: "notStopped",
      message: `${monitor} improved to ${short(current)}.`,
      bestScore: current,
      waitCount: 0,
    };
  }
  const waited = waitCount + 1;
  if (waited < patience) return { reason: "notStopped", message: "", bestScore, waitCount: waited };
  return {
    reason: "patienceExhausted",
    message: `${monitor} did not improve in the last ${waited === 1 ? "check" : `${waited} checks`}; the best was ${short(bestScore)}.`,
    bestScore,
    waitCount: waited,
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
