import { describe, expect, it } from "vitest";
import { recordedNode } from "../testing/recorded-node.js";
import { isForOneThread } from "./is-for-one-thread.js";
import { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

function node(name: string, inputs: readonly number[][], output: readonly number[]): LazyNode {
  const dataOf = (shape: readonly number[]) => new LazyData("float32", [...shape], 0);
  return recordedNode(name, inputs.map(dataOf), dataOf(output));
}

const times = (count: number, item: LazyNode) => Array.from({ length: count }, () => item);
const product = (size: number) =>
  node(
    "MatMul",
    [
      [size, size],
      [size, size],
    ],
    [size, size],
  );

describe("isForOneThread", () => {
  it("is true of small products, and of less work where more threads would share it", () => {
    expect(isForOneThread([product(100)], 2)).toBe(true);
    expect(isForOneThread([product(160)], 2)).toBe(true);
    expect(isForOneThread([product(160)], 8)).toBe(false);
    expect(isForOneThread([product(256)], 2)).toBe(false);
  });

  it("counts what is read and written where nothing is multiplied", () => {
    const sum = (count: number) => node("Sum", [[count]], [1]);
    expect(isForOneThread([sum(100_000)], 2)).toBe(true);
    expect(isForOneThread([sum(1_000_000)], 2)).toBe(false);
  });

  it("grants each node its waiting, up to some work that is worth several threads anyway", () => {
    expect(isForOneThread(times(10, product(160)), 2)).toBe(true);
    expect(isForOneThread(times(100, product(160)), 2)).toBe(false);
    expect(isForOneThread([...times(20, product(1)), product(256)], 2)).toBe(true);
    expect(isForOneThread([...times(1000, product(1)), product(640)], 2)).toBe(false);
  });

  it("is true of everything where there is one thread", () => {
    expect(isForOneThread([product(4096)], 1)).toBe(true);
  });
});
