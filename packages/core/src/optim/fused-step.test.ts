import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { setGrad } from "../autograd/gradients-of-variables.js";
import { Parameter } from "../autograd/parameter.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { Adadelta, Adagrad, Adam, Adamax, AdamW, ASGD, NAdam, RAdam, RMSprop } from "./namespace.js";
import { ExponentialLR } from "./lr-scheduler/exponential-lr.js";
import type { Optimizer } from "./optimizer.js";
import { SGD } from "./sgd.js";

const hasEngine = (await backendsUnderTest()).includes("onnxruntime");

const makers: [string, string, (params: Parameter[]) => Optimizer][] = [
  ["SGD", "lit.SgdUpdate", (params) => new SGD(params, { lr: 0.1, momentum: 0.9, weightDecay: 0.01 })],
  ["Adam", "lit.AdamUpdate", (params) => new Adam(params, { amsgrad: true })],
  ["AdamW", "lit.AdamUpdate", (params) => new AdamW(params)],
  ["RMSprop", "lit.RmspropUpdate", (params) => new RMSprop(params, { momentum: 0.9, centered: true })],
  ["Adagrad", "lit.AdagradUpdate", (params) => new Adagrad(params)],
  ["Adadelta", "lit.AdadeltaUpdate", (params) => new Adadelta(params)],
  ["NAdam", "lit.NadamUpdate", (params) => new NAdam(params)],
  ["RAdam", "lit.RadamUpdate", (params) => new RAdam(params, { betas: [0.9, 0.6] })],
  ["Adamax", "lit.AdamaxUpdate", (params) => new Adamax(params)],
  ["ASGD", "lit.AsgdUpdate", (params) => new ASGD(params)],
];

/** How many graphs the engine has compiled. */
function compiled(): unknown {
  const backend: object = tf.backend();
  return "statistics" in backend && typeof backend.statistics === "function"
    ? backend.statistics().cache.misses
    : undefined;
}

describe.runIf(hasEngine).each(makers)("%s on the engine", (_, kernel, make) => {
  beforeAll(async () => {
    await resolveBackend("onnxruntime");
  });

  const makeParams = () =>
    Array.from({ length: 5 }, (_unused, i) => Parameter.fromData(new Float32Array(i + 1).fill(1), [i + 1]));

  it("updates all parameters with one kernel a step", async () => {
    const params = makeParams();
    using optimizer = make(params);
    for (let step = 0; step < 2; step += 1) {
      for (const param of params) setGrad(param, tf.keep(tf.fill(param.shape, 0.5)));
      const { kernels } = await tf.profile(() => {
        optimizer.step();
        return tf.scalar(0);
      });
      expect(kernels.map(({ name }) => name)).toEqual([kernel]);
    }
    for (const param of params) param.dispose();
  });

  it("compiles nothing new when the learning rate changes", async () => {
    const params = makeParams();
    using optimizer = make(params);
    const scheduler = new ExponentialLR(optimizer, { gamma: 0.9 });
    const counts: unknown[] = [];
    for (let step = 0; step < 6; step += 1) {
      const scope = tensorScope();
      const loss = tf.addN(params.map((param) => tf.sum(tf.square(param))));
      optimizer.zeroGrad();
      backward(loss);
      optimizer.step();
      loss.dataSync();
      scope.close();
      scheduler.step();
      counts.push(compiled());
    }
    expect(counts[0]).toEqual(expect.any(Number));
    expect(new Set(counts.slice(2)).size).toBe(1);
    for (const param of params) param.dispose();
  });
});
