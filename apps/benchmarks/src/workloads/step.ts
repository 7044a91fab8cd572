import { backward, F, type HostTensor, noGrad, optim, tf } from "@lightning-ts/core";
import type { Training, Workload } from "./workload.js";

/**
 * One step: of training, forward, backward and optimizer update, after which nobody reads the loss; of prediction, the
 * outputs, which are read.
 */
export type Step = (learningRate: number) => tf.Tensor;

export function stepOf({ task }: Workload, training: Training): Step {
  return task === "train" ? trainingStep(training) : predictionStep(training);
}

/** Returns the loss. */
function trainingStep({ model, inputs, targets }: Training): Step {
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

/** Returns the outputs. */
function predictionStep({ model, inputs }: Training): Step {
  model.eval();
  return () => noGrad(() => model.forward(toTensor(inputs)));
}

function toTensor({ values, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(values, [...shape], dtype);
}
