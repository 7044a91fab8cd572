import { readFileSync } from "node:fs";
import { runMetricRecords, type MetricCase, type MetricRecord } from "@lightning-ts/testing";
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

/** What differs on purpose: a row of docs/decisions/0051, and the part of the records that is the same. */
const ON_PURPOSE: readonly {
  readonly row: string;
  readonly cases: RegExp;
  readonly same: (records: readonly MetricRecord[]) => readonly MetricRecord[];
}[] = [
  {
    row: "in a sanity check, metrics of several loaders are in none of the dictionaries",
    cases: /^a sanity check of two loaders$/,
    same: (records: readonly MetricRecord[]) => records.slice(records.findIndex((record) => "log" in record)),
  },
  {
    row: "a metric object that was logged, but not updated in the epoch, has the value of no update, with a warning",
    cases: /^one metric object in training and validation$/,
    same: (records: readonly MetricRecord[]) => records.slice(0, 4),
  },
];

describe(`what becomes of logged metrics is what Lightning ${lightning} makes of them`, () => {
  describe.each([{ waits: false }, { waits: true }])("where hooks return promises: $waits", (how) => {
    it.each(cases)("$name", async (one) => {
      const { same } = ON_PURPOSE.find(({ cases: which }) => which.test(one.name)) ?? { same: (all) => all };
      const expected = one.records.map((record) =>
        "error" in record ? { error: ERRORS[record.error] ?? record.error } : record,
      );
      const actual = await runMetricRecords(one, how);
      expect(aligned(same(actual), same(expected))).toEqual(same(expected));
    });
  });

  it.each(ON_PURPOSE)("but on purpose: $row", ({ row }) => {
    const decision = new URL("../../../../docs/decisions/0051-where-the-trainer-differs.md", import.meta.url);
    expect(readFileSync(decision, "utf8")).toContain(row);
  });
});
