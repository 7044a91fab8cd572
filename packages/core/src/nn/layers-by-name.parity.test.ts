import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { expectRecorded, ofEach, type RecordedTensor } from "./expect-recorded-under-test.js";
import * as nn from "./index.js";

interface Numbers {
  readonly shape: number[];
  readonly values: (number | "NaN")[];
}
interface LayerCase extends Record<"x" | "y" | "dy" | "dx", Numbers> {
  readonly layer: string;
  readonly training: boolean;
  /** The other input of layers with two. */
  readonly second: Record<"x" | "dx", Numbers> | null;
  readonly args: unknown[];
  readonly options: Record<string, unknown>;
  readonly state: Record<string, Numbers>;
  readonly gradients: Record<string, Numbers>;
  readonly stateAfter: Record<string, Numbers>;
}

/** Recorded with torch 2.15: tests/parity/record_layers_by_name.py. */
const fixture = JSON.parse(readFileSync(new URL("fixtures/layers-by-name.json", import.meta.url), "utf8")) as {
  readonly cases: LayerCase[];
};

/** Float32 sums of a few dozen terms in another order, and functions whose last bits differ. */
const TOLERANCE = 1e-5;

function tensor({ values, shape }: Numbers): tf.Tensor {
  return tf.tensor(values.map(Number), shape, "float32");
}

function stateOf(state: Record<string, Numbers>): Record<string, { shape: number[]; values: number[] }> {
  return Object.fromEntries(
    Object.entries(state).map(([name, { shape, values }]) => [name, { shape, values: values.map(Number) }]),
  );
}

function expectClose(actual: tf.Tensor | null | undefined, expected: RecordedTensor | undefined, what: string): void {
  expectRecorded(actual, expected, what, ofEach(TOLERANCE));
}

function create({ layer, args, options }: LayerCase): nn.TensorModule {
  const named = new Map<string, unknown>(Object.entries(nn)).get(layer) as new (...args: unknown[]) => nn.TensorModule;
  return new named(...args, ...(Object.keys(options).length === 0 ? [] : [options]));
}

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(
    fixture.cases.map((recorded) => ({
      ...recorded,
      title: `${recorded.layer}(${JSON.stringify(recorded.args)}, ${JSON.stringify(recorded.options)}) of [${recorded.x.shape.join(", ")}]`,
    })),
  )("$title", (recorded) => {
    const layer = create(recorded);
    expect([...layer.stateDict().keys()]).toEqual(Object.keys(recorded.state));
    layer.loadStateDict(stateOf(recorded.state));
    {
      using _scope = tensorScope();
      layer.train(recorded.training);
      const x = tensor(recorded.x);
      const others = recorded.second === null ? [] : [tensor(recorded.second.x)];
      const forward = layer.forward.bind(layer) as (...inputs: tf.Tensor[]) => tf.Tensor;
      const y = forward(x, ...others);
      expectClose(y, recorded.y, "y");
      const named = layer.namedParameters();
      const gradients = grad(y, [...named.map(([, parameter]) => parameter), x, ...others], {
        gradOutputs: [tensor(recorded.dy)],
      });
      named.forEach(([name], i) =>
        expectClose(gradients[i], recorded.gradients[name] ?? { shape: [-1], values: [] }, `gradient of ${name}`),
      );
      expectClose(gradients[named.length], recorded.dx, "gradient of x");
      if (recorded.second !== null) expectClose(gradients.at(-1), recorded.second.dx, "gradient of the second input");
      for (const [name, value] of Object.entries(recorded.stateAfter))
        expectClose(layer.stateDict().get(name), value, `${name} afterwards`);
    }
    layer.dispose();
  });
});
