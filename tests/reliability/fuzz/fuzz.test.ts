import { expect, it } from "vitest";
import { fuzz } from "./fuzz.js";
import { FAMILY_NAMES } from "./operations/families.js";

const PROGRAMS = 40;

it(
  "random programs give what float64 and tfjs' cpu backend say, and the same bits again, read or not, with 1, 2 and 4 threads",
  { timeout: 180_000 },
  async () => {
    const report = await fuzz({
      threads: [1, 2, 4],
      firstSeed: 1,
      count: PROGRAMS,
      budgetMs: 60_000,
      families: FAMILY_NAMES,
      mostElements: 120_000,
      shrinkMs: 20_000,
      isOneEnough: false,
    });
    expect(report.failures.map(({ failure }) => failure.reproduction)).toEqual([]);
    expect(report.programs, report.summary).toBeGreaterThan(10);
  },
);
