interface End {
  readonly step: number;
  readonly loss: number;
  readonly slope: number;
}

/**
 * Where the cubic through two points with these losses and slopes is least, within bounds; their middle where it has no
 * minimum.
 * @param bounds least and most. @default the two points
 */
export function cubicMinimum(a: End, b: End, bounds?: readonly [number, number]): number {
  const [left, right] = a.step <= b.step ? [a, b] : [b, a];
  const [least, most] = bounds ?? [left.step, right.step];
  const mean = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.step - b.step);
  const discriminant = mean ** 2 - a.slope * b.slope;
  if (!(discriminant >= 0)) return (least + most) / 2;
  const root = Math.sqrt(discriminant);
  const share = (right.slope + root - mean) / (right.slope - left.slope + 2 * root);
  return Math.min(Math.max(right.step - (right.step - left.step) * share, least), most);
}
