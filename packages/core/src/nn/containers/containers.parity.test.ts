import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { grad } from "../../autograd/grad.js";
import { describeOnBackends } from "../../backend/describe-on-backends-under-test.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import { decoded, expectRecorded, ofEach, type RecordedTensor, tensorOf } from "../expect-recorded-under-test.js";
import * as nn from "../index.js";

interface ContainerCase {
  readonly layer: string;
  readonly state: Readonly<Record<string, RecordedTensor>>;
  readonly inputs: readonly unknown[];
  readonly outputs: readonly RecordedTensor[];
  readonly dys: readonly RecordedTensor[];
  readonly gradients: readonly RecordedTensor[];
  readonly parameters: Readonly<Record<string, RecordedTensor>>;
}

/** Recorded with torch 2.15: tests/parity/record_more_layers.py, which has the same models. */
const { containers }: { readonly containers: readonly ContainerCase[] } = JSON.parse(
  readFileSync(new URL("../fixtures/more-layers.json", import.meta.url), "utf8"),
);
const TOLERANCE = 1e-5;

abstract class Contained extends nn.Module {
  abstract override forward(x: tf.Tensor): tf.Tensor;
}

class InSequence extends Contained {
  readonly parts = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));

  override forward(x: tf.Tensor): tf.Tensor {
    return this.parts.forward(x);
  }
}

class InList extends Contained {
  readonly parts = new nn.ModuleList([new nn.Linear(3, 3), new nn.Linear(3, 3)]);

  override forward(x: tf.Tensor): tf.Tensor {
    let y = x;
    for (const part of this.parts) y = tf.tanh(part.forward(y));
    return y;
  }
}

class InDictionary extends Contained {
  readonly parts = new nn.ModuleDict({ first: new nn.Linear(3, 3), second: new nn.Bilinear(3, 3, 2) });

  override forward(x: tf.Tensor): tf.Tensor {
    const [first, second] = [this.parts.get("first"), this.parts.get("second")];
    if (!(first instanceof nn.Linear) || !(second instanceof nn.Bilinear)) throw new Error("the parts are others");
    return second.forward(first.forward(x), x);
  }
}

class InParameterList extends Contained {
  readonly parts = new nn.ParameterList([tf.zeros([3]), tf.zeros([3, 2])]);

  override forward(x: tf.Tensor): tf.Tensor {
    return product(x, this.parts.at(0), this.parts.at(1));
  }
}

class InParameterDict extends Contained {
  readonly parts = new nn.ParameterDict({ scale: tf.zeros([3]), weight: tf.zeros([3, 2]) });

  override forward(x: tf.Tensor): tf.Tensor {
    return product(x, this.parts.get("scale"), this.parts.get("weight"));
  }
}

function product(x: tf.Tensor, scale: nn.Parameter | undefined, weight: nn.Parameter | undefined): tf.Tensor {
  if (scale === undefined || weight === undefined) throw new Error("a parameter is missing");
  return tf.matMul(tf.mul(x, scale), weight);
}

const MODELS: Readonly<Record<string, new () => Contained>> = {
  Sequential: InSequence,
  ModuleList: InList,
  ModuleDict: InDictionary,
  ParameterList: InParameterList,
  ParameterDict: InParameterDict,
};

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(containers)("a model with its parts in nn.$layer", (recorded) => {
    using _scope = tensorScope();
    const model = new (MODELS[recorded.layer] ?? InSequence)();
    expect([...model.stateDict().keys()]).toEqual(Object.keys(recorded.state));
    model.loadStateDict(
      new Map(
        Object.entries(recorded.state).map(([key, { shape, values }]) => [key, { shape, values: values.map(Number) }]),
      ),
    );
    const [x] = recorded.inputs.map(decoded);
    if (!(x instanceof tf.Tensor)) throw new Error("the recording has no input");
    const y = model.forward(x);
    expectRecorded(y, recorded.outputs[0], "y", ofEach(TOLERANCE));
    const named = model.namedParameters();
    const gradOutputs = recorded.dys.map((dy) => tensorOf(dy));
    const found = grad(y, [...named.map(([, parameter]) => parameter), x], { gradOutputs });
    named.forEach(([name], i) => expectRecorded(found[i], recorded.parameters[name], name, ofEach(TOLERANCE)));
    expectRecorded(found.at(-1), recorded.gradients[0], "gradient of x", ofEach(TOLERANCE));
    model.dispose();
  });
});
