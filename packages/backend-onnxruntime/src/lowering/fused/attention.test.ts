import { beforeAll, describe, it } from "vitest";
import { expectClose } from "./testing/expect-close.js";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, useEngine } from "./testing/run-fused.js";

beforeAll(useEngine);

interface Shapes {
  readonly leading: readonly number[];
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly valueWidth: number;
}

function probabilities(
  q: NdArray,
  k: NdArray,
  { leading, queries, keys, width }: Shapes,
  scale: number,
  causal: boolean,
): NdArray {
  const probs = new NdArray([...leading, queries, keys]);
  for (const head of new NdArray(leading).indices()) {
    for (let t = 0; t < queries; t += 1) {
      const scores = Array.from({ length: keys }, (_, s) => {
        let score = 0;
        for (let d = 0; d < width; d += 1) score += scale * q.get([...head, t, d]) * k.get([...head, s, d]);
        return causal && s > t ? Number.NEGATIVE_INFINITY : score;
      });
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      scores.forEach((score, s) => probs.add([...head, t, s], Math.exp(score) / total));
    }
  }
  return probs;
}

describe("attention", () => {
  it.each([
    { leading: [2, 3], queries: 4, keys: 4, width: 5, valueWidth: 5, causal: true },
    { leading: [2, 3], queries: 4, keys: 6, width: 5, valueWidth: 2, causal: false },
    { leading: [2], queries: 5, keys: 3, width: 4, valueWidth: 4, causal: true },
    { leading: [], queries: 3, keys: 3, width: 2, valueWidth: 2, causal: false },
    { leading: [0, 2], queries: 3, keys: 3, width: 2, valueWidth: 2, causal: true },
  ])(
    "and its gradient match their definition: $leading, $queries queries, $keys keys, causal: $causal",
    ({ causal, ...shapes }) => {
      const { leading, queries, keys, width, valueWidth } = shapes;
      const random = new TestRandom(3);
      const scale = 0.7;
      const [q, k, v] = [
        random.array([...leading, queries, width]),
        random.array([...leading, keys, width]),
        random.array([...leading, keys, valueWidth]),
      ];
      const dy = random.array([...leading, queries, valueWidth]);
      const probs = probabilities(q, k, shapes, scale, causal);
      const [y, dq, dk, dv, dprobs] = [
        new NdArray(dy.shape),
        new NdArray(q.shape),
        new NdArray(k.shape),
        new NdArray(v.shape),
        new NdArray(probs.shape),
      ];
      for (const index of probs.indices()) {
        const [head, t = 0, s = 0] = [index.slice(0, -2), ...index.slice(-2)];
        for (let e = 0; e < valueWidth; e += 1) {
          y.add([...head, t, e], probs.get(index) * v.get([...head, s, e]));
          dv.add([...head, s, e], probs.get(index) * dy.get([...head, t, e]));
          dprobs.add(index, dy.get([...head, t, e]) * v.get([...head, s, e]));
        }
      }
      for (const index of probs.indices()) {
        const [head, t = 0, s = 0] = [index.slice(0, -2), ...index.slice(-2)];
        let pull = 0;
        for (let other = 0; other < keys; other += 1)
          pull += dprobs.get([...head, t, other]) * probs.get([...head, t, other]);
        const dscore = probs.get(index) * (dprobs.get(index) - pull);
        for (let d = 0; d < width; d += 1) {
          dq.add([...head, t, d], scale * dscore * k.get([...head, s, d]));
          dk.add([...head, s, d], scale * dscore * q.get([...head, t, d]));
        }
      }
      const received = runFused("lit.Attention", { q, k, v }, { scale, causal });
      expectClose(received[0], y);
      expectClose(received[1], probs);
      const grads = runFused("lit.AttentionGrad", { dy, q, k, v, probs: received[1] }, { scale, causal });
      [dq, dk, dv].forEach((expected, i) => expectClose(grads[i], expected));
    },
  );

  it("of huge scores attends to the largest and never to what is hidden", () => {
    const q = new NdArray([3, 1], [1e30, 1e30, 1e30]);
    const k = new NdArray([3, 1], [0.5, 0.25, 1]);
    const received = runFused("lit.Attention", { q, k, v: k }, { scale: 1, causal: true });
    expectClose(received[1], new NdArray([3, 3], [1, 0, 0, 1, 0, 0, 0, 0, 1]));
  });
});
