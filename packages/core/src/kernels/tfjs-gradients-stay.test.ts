import { afterAll, beforeAll, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import "./tfjs-gradients.js";

const ours = tf.getGradient("BatchMatMul");

beforeAll(async () => {
  await resolveBackend("cpu");
});

afterAll(() => {
  tf.registerGradient(ours);
});

it("the gradient of a broadcast product comes back with a backend after another library has registered tfjs' own", async () => {
  tf.registerGradient({
    ...ours,
    gradFunc: (dy) => ({ a: () => tf.neg(Array.isArray(dy) ? (dy[0] ?? 0) : dy), b: () => tf.zeros([1]) }),
  });
  await resolveBackend("cpu");
  using _scope = tensorScope();
  const shared = tf.ones([1, 4, 5]);
  const [gradient] = grad(tf.sum(tf.matMul(tf.ones([2, 3, 4]), shared)), [shared]);
  expect([...(gradient?.dataSync() ?? [])]).toEqual(Array.from({ length: 20 }, () => 6));
});
