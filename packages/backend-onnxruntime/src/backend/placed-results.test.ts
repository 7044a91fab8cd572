import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { JavaScriptRunner } from "../devices/javascript/javascript-runner.js";
import { BACKEND_NAME } from "../register-onnxruntime.js";
import { PLAIN_SGD } from "../testing/plain-sgd.js";
import { startBackend } from "../testing/start-backend.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";
import type { PlacedResults } from "./placed-results.js";

const LENGTH = 10_000;
let backend: OnnxRuntimeBackend;
let placed: PlacedResults;
/** Memory of the caller's, and two places in it. */
let memory: ArrayBuffer;
let places: [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];

beforeAll(async () => {
  backend = await startBackend();
  if (backend.places === undefined) throw new Error("The processor computes in the host's memory.");
  placed = backend.places;
});
beforeEach(() => {
  memory = new ArrayBuffer(2 * 4 * LENGTH + 64);
  places = [new Float32Array(memory, 0, LENGTH), new Float32Array(memory, 4 * LENGTH, LENGTH)];
});

const filled = (value: number): tf.Tensor1D => tf.tensor1d(new Float32Array(LENGTH).fill(value));
/** A result that is still to be computed. */
const recorded = (value: number): tf.Tensor1D => tf.tidy(() => tf.add<tf.Tensor1D>(filled(value - 1), 1));
const adopted = (place: Float32Array): tf.Tensor =>
  tf.engine().makeTensorFromTensorInfo(placed.read(place, [LENGTH]), backend);
const ends = (values: ArrayLike<number>): unknown[] => [values[0], values[LENGTH - 1]];

function start(tensors: readonly tf.Tensor[], where: readonly Float32Array[]): void {
  placed.start(
    tensors.map(({ dataId }) => dataId),
    where,
  );
  placed.join();
}

it("computes into memory of the caller's, and says what lies there", () => {
  const known = filled(4);
  const first = recorded(3);
  start([first, known], places);
  expect(placed.has(first.dataId, places[0])).toBe(true);
  expect(ends(places[0])).toEqual([3, 3]);
  expect(placed.has(known.dataId, places[1])).toBe(false);
  expect(ends(places[1])).toEqual([0, 0]);
  const second = recorded(5);
  start([second, second], places);
  expect([placed.has(second.dataId, places[0]), placed.has(second.dataId, places[1])]).toEqual([true, false]);
});

it("lets who lives in a place move before another comes there, with the numbers that it had", async () => {
  const first = recorded(3);
  start([first], [places[0]]);
  const reader = tf.mul(first, 2);
  const second = recorded(5);
  start([second], [places[0]]);
  expect(ends(places[0])).toEqual([5, 5]);
  expect(placed.has(first.dataId, places[0])).toBe(false);
  expect(ends(first.dataSync())).toEqual([3, 3]);
  expect(ends(await reader.data())).toEqual([6, 6]);
  second.dispose();
  const third = recorded(7);
  start([third], [places[0]]);
  expect(ends(places[0])).toEqual([7, 7]);
  // Nobody is left to come, but the place is wanted empty.
  start([], [places[0]]);
  places[0].fill(0);
  expect(ends(third.dataSync())).toEqual([7, 7]);
});

it("computes what reads such memory before it changes, and nothing else of what is temporary", () => {
  places[1].fill(3);
  tf.tidy(() => {
    const other = tf.square(filled(1));
    const square = tf.square(adopted(places[1]));
    const later = tf.add(square, 1);
    const result = recorded(5);
    start([result], [places[0]]);
    places[1].fill(100);
    expect(ends(later.dataSync())).toEqual([10, 10]);
    expect(ends(other.dataSync())).toEqual([1, 1]);
  });
});

it("never takes such memory for another tensor: not when it is freed, not for an update", () => {
  places[1].fill(2);
  const gradient = adopted(places[1]);
  const weight = filled(1);
  const held = weight.clone();
  const [updated] = tf.engine().runKernel<tf.Tensor[]>("lit.SgdUpdate", { p0: weight, g0: gradient }, PLAIN_SGD);
  gradient.dispose();
  weight.dispose();
  start([], []);
  expect(ends(updated?.dataSync() ?? [])).toEqual([0, 0]);
  expect(ends(held.dataSync())).toEqual([1, 1]);
  const others = Array.from({ length: 20 }, (_, i) => recorded(i));
  for (const other of others) other.dataSync();
  expect(ends(places[1])).toEqual([2, 2]);
});

it("leaves means recorded until somebody reads them", async () => {
  const inputs = { x0_0: filled(1), x1_0: filled(3) };
  const [mean] = tf.engine().runKernel<tf.Tensor[]>("lit.MeanOfLists", inputs, { lists: 2, count: 1 });
  await backend.synchronize();
  const before = backend.statistics();
  expect(before.pendingNodes).toBe(1);
  const sum = tf.add(mean ?? 0, 1);
  await backend.synchronize();
  expect(backend.statistics().pendingNodes).toBe(0);
  expect([ends(mean?.dataSync() ?? []), ends(sum.dataSync())]).toEqual([
    [2, 2],
    [3, 3],
  ]);
});

it("is not possible where a runner has memory of its own", async () => {
  tf.removeBackend(BACKEND_NAME);
  const other = await startBackend({ runner: new JavaScriptRunner() });
  expect(other.places).toBeUndefined();
});
