/** Where numbers are drawn. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Round numbers from low to high. */
  readonly ticks: readonly number[];
  readonly place: (value: number) => number;
}

/**
 * A scale with round numbers that holds all finite values.
 * @param places of its lowest and highest number in the picture
 */
export function scaleFor(values: readonly number[], places: readonly [from: number, to: number]): Scale {
  const [least, most] = limitsOf(values);
  const step = roundStep((most - least) / 5);
  const [first, last] = [Math.floor(least / step + 1e-9), Math.ceil(most / step - 1e-9)];
  // A product of whole numbers and a step has digits at its end that nobody means.
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  const [low, high] = [first * step, last * step];
  const [from, to] = places;
  return { low, high, ticks, place: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

function limitsOf(values: readonly number[]): [least: number, most: number] {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return [0, 1];
  const least = finite.reduce((a, b) => Math.min(a, b));
  const most = finite.reduce((a, b) => Math.max(a, b));
  if (most - least > Math.abs(most) * 1e-9) return [least, most];
  const room = Math.abs(most) / 2 || 1;
  return [least - room, most + room];
}

/** 1, 2 or 5 times a power of ten, and at least as large. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** A number as a person would write it beside a picture. */
export function written(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const short = Number(value.toPrecision(4));
  return Math.abs(short) >= 1e6 || (short !== 0 && Math.abs(short) < 1e-3) ? short.toExponential() : String(short);
}
