import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { availableBackends } from "../backend/backend-registry.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as nn from "../nn/index.js";
import { Adam } from "../optim/adam.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";

const engine = (await availableBackends()).find(({ name }) => name === "onnxruntime");

/** Every kernel that one training step records costs microseconds of JavaScript, so the number is pinned. */
describe.skipIf(engine?.availability.isAvailable !== true)(
  "a training step on onnxruntime (skipped where the engine is missing)",
  () => {
    beforeAll(async () => {
      await resolveBackend("onnxruntime");
    });

    async function kernelsOfStep(net: nn.TensorModule, shape: number[], classes: number): Promise<string[]> {
      const optimizer = new Adam(net.parameters(), { lr: 1e-3 });
      const step = (): void => {
        using _scope = tensorScope();
        optimizer.zeroGrad();
        const target = tf.tensor1d(
          Int32Array.from({ length: shape[0] ?? 0 }, (_, i) => i % classes),
          "int32",
        );
        backward(
          nn.functional.crossEntropy(
            net.forward(tf.tensor(new Float32Array(tf.util.sizeFromShape(shape)).fill(0.1), shape)),
            target,
          ),
        );
        optimizer.step();
      };
      step();
      const { kernels } = await tf.profile(() => {
        step();
        return [];
      });
      net.dispose();
      return kernels.map(({ name }) => name).toSorted();
    }

    it("of an MLP records 13 kernels", async () => {
      const net = new nn.Sequential(
        new nn.Linear(8, 6),
        new nn.ReLU(),
        new nn.Linear(6, 5),
        new nn.ReLU(),
        new nn.Linear(5, 3),
      );
      expect(await kernelsOfStep(net, [4, 8], 3)).toEqual([
        "lit.AdamUpdate",
        "lit.CrossEntropy",
        "lit.CrossEntropyGrad",
        "lit.Linear",
        "lit.Linear",
        "lit.Linear",
        "lit.LinearWeightGrad",
        "lit.LinearWeightGrad",
        "lit.LinearWeightGrad",
        "lit.MatMul",
        "lit.MatMul",
        "lit.ReluGrad",
        "lit.ReluGrad",
      ]);
    });

    it("of a CNN records one kernel per layer and gradient", async () => {
      const net = new nn.Sequential(
        new nn.Conv2d(1, 2, 3),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Flatten(),
        new nn.Dropout(0.5),
        new nn.Linear(18, 3),
      );
      expect(await kernelsOfStep(net, [2, 1, 8, 8], 3)).toEqual([
        "Relu",
        "Reshape",
        "Reshape",
        "Sum",
        "lit.AdamUpdate",
        "lit.Conv",
        "lit.ConvWeightGrad",
        "lit.CrossEntropy",
        "lit.CrossEntropyGrad",
        "lit.Dropout",
        "lit.Dropout",
        "lit.Linear",
        "lit.LinearWeightGrad",
        "lit.MatMul",
        "lit.MaxPool",
        "lit.MaxPoolGrad",
        "lit.ReluGrad",
      ]);
    });

    it("of relu6 records one kernel and one for its gradient", async () => {
      const net = new nn.Sequential(new nn.Linear(4, 5), new nn.ReLU6(), new nn.Linear(5, 3));
      const kernels = await kernelsOfStep(net, [2, 4], 3);
      const ofLayers = new Set(["lit.AdamUpdate", "lit.MatMul", "lit.Linear", "lit.LinearWeightGrad"]);
      expect(kernels.filter((name) => !ofLayers.has(name) && !name.startsWith("lit.CrossEntropy"))).toEqual([
        "lit.Hardtanh",
        "lit.HardtanhGrad",
      ]);
    });

    it("of attention records two kernels for all heads", async () => {
      const net = new nn.Sequential(
        new nn.MultiheadAttention(6, 2, { batchFirst: true }),
        new nn.Flatten(),
        new nn.Linear(24, 3),
      );
      expect(await kernelsOfStep(net, [2, 4, 6], 3)).toEqual([
        "Reshape",
        "Reshape",
        "lit.AdamUpdate",
        "lit.CrossEntropy",
        "lit.CrossEntropyGrad",
        "lit.Linear",
        "lit.Linear",
        "lit.Linear",
        "lit.LinearWeightGrad",
        "lit.LinearWeightGrad",
        "lit.LinearWeightGrad",
        "lit.MatMul",
        "lit.MatMul",
        "lit.SelfAttention",
        "lit.SelfAttentionGrad",
      ]);
    });

    it("of a sum records no kernel for its gradient", async () => {
      class Residual extends nn.Module {
        readonly inner = new nn.Linear(8, 8);

        override forward(x: tf.Tensor): tf.Tensor {
          return tf.add(x, this.inner.forward(x));
        }
      }
      expect(await kernelsOfStep(new nn.Sequential(new nn.Linear(8, 8), new Residual()), [4, 8], 8)).toEqual([
        "Add",
        "Add",
        "lit.AdamUpdate",
        "lit.CrossEntropy",
        "lit.CrossEntropyGrad",
        "lit.Linear",
        "lit.Linear",
        "lit.LinearWeightGrad",
        "lit.LinearWeightGrad",
        "lit.MatMul",
      ]);
    });
  },
);
