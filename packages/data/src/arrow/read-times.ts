import { ARROW, type ArrowType, type ArrowVector } from "./arrow-like.js";
import { joinedValues, presentOf } from "./joined-values.js";

const DAY_MS = 86_400_000;

/** Dates and timestamps in milliseconds since 1970, NaN where one is missing. */
export function readTimes(vector: ArrowVector): Float64Array {
  const times = new Float64Array(vector.length);
  const values = joinedValues(vector);
  if (!(values instanceof BigInt64Array) && !(values instanceof Int32Array)) return times.fill(Number.NaN);
  const present = presentOf(vector);
  const inMilliseconds = unitOf(vector.type);
  for (let row = 0; row < times.length; row += 1)
    times[row] = present?.[row] === 0 ? Number.NaN : inMilliseconds(values[row] ?? 0);
  return times;
}

type Unit = (value: number | bigint) => number;

const MILLISECONDS: Unit = (value) => Number(value);
const DATE_UNITS: readonly Unit[] = [(days) => Number(days) * DAY_MS, MILLISECONDS];
const TIMESTAMP_UNITS: readonly Unit[] = [
  (seconds) => Number(seconds) * 1e3,
  MILLISECONDS,
  (microseconds) => Number(microseconds) / 1e3,
  (nanoseconds) => Number(BigInt(nanoseconds) / 1000n) / 1e3, // Nanoseconds of our time are beyond 2^53.
];

function unitOf({ typeId, unit = 0 }: ArrowType): Unit {
  return (typeId === ARROW.date ? DATE_UNITS : TIMESTAMP_UNITS)[unit] ?? MILLISECONDS;
}
