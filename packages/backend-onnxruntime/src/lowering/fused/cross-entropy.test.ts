import {
  add,
  type DataType,
  engine,
  type NamedAttrMap,
  scalar,
  tensor1d,
  type Tensor,
  type TensorInfo,
  zeros,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { crossEntropyGrad } from "./cross-entropy-grad.js";
import { crossEntropy } from "./cross-entropy.js";
import { expectClose } from "./testing/expect-close.js";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, useEngine } from "./testing/run-fused.js";

beforeAll(useEngine);

const IGNORED = -100;
const CALL: NamedAttrMap = { reduction: "mean", labelSmoothing: 0, ignoreIndex: IGNORED };

function info(shape: number[], dtype: DataType): TensorInfo {
  return { dataId: {}, shape, dtype };
}

function reference(logits: NdArray, target: readonly number[], reduction: string, smoothing: number, dloss: NdArray) {
  const [rows = 0, classes = 0] = logits.shape;
  const [losses, logProbs, dlogits] = [new NdArray([rows]), new NdArray(logits.shape), new NdArray(logits.shape)];
  const counted = target.filter((value) => value !== IGNORED).length;
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    for (let c = 0; c < classes; c += 1) sum += Math.exp(logits.get([row, c]));
    for (let c = 0; c < classes; c += 1) {
      const logProb = logits.get([row, c]) - Math.log(sum);
      logProbs.add([row, c], logProb);
      const wanted = (c === target[row] ? 1 - smoothing : 0) + smoothing / classes;
      if (target[row] === IGNORED) continue;
      losses.add([row], -wanted * logProb);
      const factor = reduction === "none" ? dloss.get([row]) : dloss.get([]) / (reduction === "mean" ? counted : 1);
      dlogits.add([row, c], (Math.exp(logProb) - wanted) * factor);
    }
  }
  const total = losses.data.reduce((a, b) => a + b, 0);
  const loss = reduction === "none" ? losses : new NdArray([], [reduction === "mean" ? total / counted : total]);
  return { loss, logProbs, dlogits };
}

describe("cross-entropy", () => {
  it.each(
    ["mean", "sum", "none"].flatMap((reduction) => [0, 0.1].map((labelSmoothing) => ({ reduction, labelSmoothing }))),
  )(
    "and its gradient leave ignored rows out: $reduction, smoothing $labelSmoothing",
    ({ reduction, labelSmoothing }) => {
      const random = new TestRandom(1);
      const target = [2, IGNORED, 0, 4, 1];
      const logits = random.array([5, 5]);
      const dloss = random.array(reduction === "none" ? [5] : []);
      const expected = reference(logits, target, reduction, labelSmoothing, dloss);
      const attrs = { reduction, labelSmoothing, ignoreIndex: IGNORED };
      const [loss, logProbs] = runFused("lit.CrossEntropy", { logits, target: { int32: target } }, attrs);
      expectClose(loss, expected.loss);
      expectClose(logProbs, expected.logProbs);
      expectClose(
        runFused("lit.CrossEntropyGrad", { dloss, logProbs, target: { int32: target } }, attrs)[0],
        expected.dlogits,
      );
    },
  );

  it("is NaN as a mean over no row, as in PyTorch", () => {
    const attrs = { reduction: "mean", labelSmoothing: 0, ignoreIndex: IGNORED };
    const all = new TestRandom(2).array([2, 3]);
    expect(
      runFused("lit.CrossEntropy", { logits: all, target: { int32: [IGNORED, IGNORED] } }, attrs)[0]?.data[0],
    ).toBeNaN();
    const none = runFused("lit.CrossEntropy", { logits: new NdArray([0, 3]), target: { int32: [] } }, attrs);
    expect(none[0]?.data[0]).toBeNaN();
    expect(none[1]?.shape).toEqual([0, 3]);
  });

  it("takes nothing from ignored rows, whatever they hold, and has no gradient where no row counts", () => {
    const attrs = { reduction: "mean", labelSmoothing: 0.1, ignoreIndex: IGNORED };
    const row = [0.5, -1, 2];
    const alone = runFused("lit.CrossEntropy", { logits: new NdArray([1, 3], row), target: { int32: [2] } }, attrs);
    const beside = runFused(
      "lit.CrossEntropy",
      { logits: new NdArray([2, 3], [...row, Number.NaN, Infinity, 1]), target: { int32: [2, IGNORED] } },
      attrs,
    );
    expect(beside[0]?.data).toEqual(alone[0]?.data);
    const target = { int32: [IGNORED, IGNORED] };
    const logProbs = new NdArray([2, 3], [-1, -1.5, -2, -1, -1.5, -2]);
    const gradient = runFused("lit.CrossEntropyGrad", { dloss: new NdArray([], [1]), logProbs, target }, attrs);
    expect([...(gradient[0]?.data ?? [])].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("leaves classes that the host has seen unchecked in the graph, and others not", () => {
    const [logits, target] = [info([2, 3], "float32"), info([2], "int32")];
    const recordings = (known: number[] | undefined) => [
      crossEntropy.record({ logits, target }, CALL, () => known),
      crossEntropyGrad.record({ dloss: info([], "float32"), logProbs: logits, target }, CALL, () => known),
    ];
    for (const recording of recordings([2, IGNORED])) expect(recording?.attrs).toMatchObject({ areChecked: true });
    for (const known of [[0, 3], undefined])
      for (const recording of recordings(known)) expect(recording?.attrs).toMatchObject({ areChecked: false });
  });

  it.each([-1, 3])("refuses a class that does not exist although a graph has computed it: %i", (wrong) => {
    const logits = zeros([2, 3]);
    const target = add(tensor1d([0, wrong - 1], "int32"), scalar(1, "int32"));
    const [loss] = engine().runKernel<Tensor[]>("lit.CrossEntropy", { logits, target }, CALL);
    expect(() => loss?.dataSync()).toThrow(/lit\.CrossEntropy/);
  });

  it.each([-1, 3])("refuses a class that does not exist: %i", (wrong) => {
    const attrs = { reduction: "mean", labelSmoothing: 0, ignoreIndex: IGNORED };
    expect(() =>
      runFused("lit.CrossEntropy", { logits: new NdArray([2, 3]), target: { int32: [0, wrong] } }, attrs),
    ).toThrow(/lit\.CrossEntropy/);
  });
});
