import { expect, it } from "vitest";
import { WORKLOADS } from "../workloads/index.js";
import { limitMs } from "./machine-speed.js";

const SPEED = { multiplicationsPerMs: 1e6, bytesPerMs: 1e6 };
const WEIGHTS = 784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10;
const PRODUCTS = 64 * (784 * 256 + 256 * 128 + 128 * 10);

it("counts a training step's products three times and every weight seven times", () => {
  const limit = limitMs(WORKLOADS.mlp, WORKLOADS.mlp.create(), SPEED);
  expect(limit).toBeCloseTo((3 * PRODUCTS + 28 * WEIGHTS) / 1e6, 6);
});

it("counts a prediction's products and weights once", () => {
  const limit = limitMs(WORKLOADS["mlp-predict"], WORKLOADS["mlp-predict"].create(), SPEED);
  expect(limit).toBeCloseTo((PRODUCTS + 4 * WEIGHTS) / 1e6, 6);
});
