/** Attributes of the windows of a pool. Of an interface TypeScript would not say that it is a map of attributes. */
export type Window = {
  readonly kernelSize: number[];
  readonly stride: number[];
  readonly padding: [before: number, after: number][];
  readonly dilation: number[];
};

/** Windows that tile: each begins where the last one ends, without padding or gaps, where nothing else is said. */
export function windowOf(kernelSize: readonly number[], changes: Partial<Omit<Window, "kernelSize">> = {}): Window {
  const each = <TValue>(value: TValue): TValue[] => kernelSize.map(() => value);
  const padding = each<[number, number]>([0, 0]);
  return { kernelSize: [...kernelSize], stride: [...kernelSize], padding, dilation: each(1), ...changes };
}

/** Padding before and after each axis, as the kernels want it: a pair for each axis. */
export function padded(before: readonly number[], after: readonly number[] = before): Window["padding"] {
  return before.map((count, axis) => [count, after[axis] ?? 0]);
}
