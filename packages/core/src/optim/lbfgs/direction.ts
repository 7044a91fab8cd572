import { dot, plus, times } from "./vectors.js";

/** What LBFGS remembers between iterations, on the host. Replaced as a whole when a step has succeeded. */
export interface History {
  readonly evaluations: number;
  readonly iterations: number;
  /** What the last iteration left; absent before the first. */
  readonly last?: LastIteration | undefined;
  /** Differences of gradients and of parameters, oldest first, and what scales them. */
  readonly gradientChanges: readonly Float32Array[];
  readonly parameterChanges: readonly Float32Array[];
  readonly scales: readonly number[];
  /** The inverse Hessian's diagonal that all begins with. */
  readonly diagonal: number;
}

export interface LastIteration {
  readonly direction: Float32Array;
  readonly step: number;
  readonly grad: Float32Array;
  readonly loss: number;
}

export const NO_HISTORY: History = {
  ...{ evaluations: 0, iterations: 0, diagonal: 1 },
  ...{ gradientChanges: [], parameterChanges: [], scales: [] },
};

/** The history with what the last iteration has shown of the curvature. */
export function withCurvature(history: History, grad: Float32Array, size: number): History {
  const { last } = history;
  if (last === undefined) return history;
  const gradientChange = plus(grad, -1, last.grad);
  const parameterChange = times(last.direction, last.step);
  const curvature = dot(gradientChange, parameterChange);
  if (!(curvature > 1e-10)) return history;
  const keep = <TItem>(items: readonly TItem[], item: TItem): TItem[] => [
    ...(items.length === size ? items.slice(1) : items),
    item,
  ];
  return {
    ...history,
    gradientChanges: keep(history.gradientChanges, gradientChange),
    parameterChanges: keep(history.parameterChanges, parameterChange),
    scales: keep(history.scales, 1 / curvature),
    diagonal: curvature / dot(gradientChange, gradientChange),
  };
}

/** The approximate inverse Hessian times the gradient, downwards (Nocedal's two loops). */
export function directionOf(history: History, grad: Float32Array): Float32Array {
  const { gradientChanges, parameterChanges, scales, diagonal } = history;
  const shares = new Array<number>(scales.length).fill(0);
  const none = new Float32Array(grad.length);
  let direction = times(grad, -1);
  for (let i = scales.length - 1; i >= 0; i -= 1) {
    const share = dot(parameterChanges[i] ?? none, direction) * (scales[i] ?? 0);
    shares[i] = share;
    direction = plus(direction, -share, gradientChanges[i] ?? none);
  }
  direction = times(direction, diagonal);
  for (const [i, scale] of scales.entries()) {
    const back = dot(gradientChanges[i] ?? none, direction) * scale;
    direction = plus(direction, (shares[i] ?? 0) - back, parameterChanges[i] ?? none);
  }
  return direction;
}
