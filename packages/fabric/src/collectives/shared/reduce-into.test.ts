import { describe, expect, it } from "vitest";
import { reduceInto } from "./reduce-into.js";

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 3e38, -3e38, 1e-45, 16_777_217];

/** Numbers of all sizes, with a special one in between. */
function numbersOf(member: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) =>
    (i + member) % 5 === 0
      ? (SPECIAL[(i * 3 + member) % SPECIAL.length] ?? 0)
      : Math.sin(i * 7 + member) * 10 ** (i % 9),
  );
}

/** In float64, number by number. */
function expectedSums(members: readonly Float32Array[], divisor: number): Float32Array {
  const sumAt = (i: number): number => members.reduce((sum, member) => sum + (member[i] ?? 0), 0);
  return Float32Array.from(members[0] ?? [], (_, i) => sumAt(i) / divisor);
}

describe("sums of the members' numbers", () => {
  it.each([0, 1, 7, 8, 9, 15, 16, 17, 1023, 1024, 1025, 5001])("of %i floats are rounded once", (length) => {
    for (const count of [2, 3, 4]) {
      const members = Array.from({ length: count }, (_, member) => numbersOf(member, length));
      for (const op of ["sum", "mean"] as const) {
        const output = new Float32Array(length);
        reduceInto(output, members, op);
        expect(output).toEqual(expectedSums(members, op === "mean" ? count : 1));
      }
    }
  });

  it("go into an array that one of the members brought", () => {
    const members = [numbersOf(0, 1001), numbersOf(1, 1001)] as const;
    const expected = expectedSums(members, 2);
    reduceInto(members[1], members, "mean");
    expect(members[1]).toEqual(expected);
  });

  it("keep whole numbers whole", () => {
    const output = new Int32Array(9);
    reduceInto(
      output,
      [1, 2, 3].map((value) => new Int32Array(9).fill(value * 3)),
      "mean",
    );
    expect(output).toEqual(new Int32Array(9).fill(6));
  });
});
