import { describe, expect, it } from "vitest";
import { ThrashWatch } from "./thrash-watch.js";

function warningsAfter(lookups: number, isHit: (index: number) => boolean): string[] {
  const warnings: string[] = [];
  const watch = new ThrashWatch((message) => warnings.push(message));
  for (let index = 0; index < lookups; index += 1) watch.note(isHit(index));
  return warnings;
}

describe("ThrashWatch", () => {
  it("warns once when most graphs are compiled anew", () => {
    expect(warningsAfter(1000, (index) => index % 3 === 0)).toEqual([expect.stringContaining("had to be compiled")]);
  });

  it("is silent about the compilations of a start", () => {
    expect(warningsAfter(1000, (index) => index > 60)).toEqual([]);
  });
});
