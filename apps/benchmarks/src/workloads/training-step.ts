import { backward, F, type HostTensor, optim, tf } from "@lightning-ts/core";
import type { Training } from "./workload.js";

/**
 * One training step: forward, backward and optimizer update. Returns the loss, which nobody reads while time is taken.
 */
export type TrainingStep = (learningRate: number) => tf.Tensor;

export function trainingStep({ model, inputs, targets }: Training): TrainingStep {
  const optimizer = new optim.Adam(model.parameters());
  return (learningRate) => {
    for (const group of optimizer.paramGroups) group.lr = learningRate;
    optimizer.zeroGrad();
    const loss = F.crossEntropy(model.forward(toTensor(inputs)), toTensor(targets));
    backward(loss);
    optimizer.step();
    return loss;
  };
}

function toTensor({ values, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(values, [...shape], dtype);
}
