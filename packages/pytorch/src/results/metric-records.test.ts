import { readFileSync } from "node:fs";
import { runMetricRecords, type MetricCase } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";

const { lightning, cases } = JSON.parse(
  readFileSync(new URL("./fixtures/metric-records.json", import.meta.url), "utf8"),
) as { lightning: string; cases: readonly MetricCase[] };

/** Lightning sums in float32. */
const TOLERANCE = 1e-6;

/** `actual`, with the numbers of `expected` where they are as close as float32 is. */
function aligned(actual: unknown, expected: unknown): unknown {
  if (typeof actual === "number" && typeof expected === "number")
    return Math.abs(actual - expected) <= TOLERANCE * Math.max(1, Math.abs(expected)) ? expected : actual;
  if (typeof actual !== "object" || actual === null || typeof expected !== "object" || expected === null) return actual;
  if (Array.isArray(actual)) return actual.map((entry, index) => aligned(entry, Reflect.get(expected, index)));
  return Object.fromEntries(
    Object.entries(actual).map(([key, value]) => [key, aligned(value, Reflect.get(expected, key))]),
  );
}

/** Lightning's errors, and what is thrown here in their place. */
const ERRORS: Readonly<Record<string, string>> = {
  MisconfigurationException: "MisconfigurationError",
  ValueError: "MisconfigurationError",
};

describe(`what becomes of logged metrics is what Lightning ${lightning} makes of them`, () => {
  it.each(cases)("$name", async (one) => {
    const expected = one.records.map((record) => ("error" in record ? { error: ERRORS[record.error] } : record));
    expect(aligned(await runMetricRecords(one), expected)).toEqual(expected);
  });
});
