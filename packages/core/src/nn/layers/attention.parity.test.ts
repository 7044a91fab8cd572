import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { grad } from "../../autograd/grad.js";
import { describeOnBackends } from "../../backend/describe-on-backends-under-test.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import { expectRecorded, ofLargest, type RecordedTensor } from "../expect-recorded-under-test.js";
import * as nn from "../index.js";

interface Numbers {
  readonly shape: number[];
  readonly dtype: "bool" | "float32";
  readonly values: (number | "-Infinity")[];
}
type Call = Readonly<Record<string, Numbers | boolean | number>>;
interface Recorded {
  readonly state: Record<string, Numbers>;
  readonly inputs: Numbers[];
  readonly outputs: Numbers[];
  readonly dys: Numbers[];
  readonly dinputs: Numbers[];
  readonly gradients: Record<string, Numbers>;
}
interface MultiheadCase extends Recorded {
  readonly args: [number, number];
  readonly options: object;
  readonly call: Call;
}
interface ModuleCase extends Recorded {
  readonly kind: string;
  readonly masks: Call;
}

const fixture = JSON.parse(readFileSync(new URL("../fixtures/attention.json", import.meta.url), "utf8")) as {
  readonly multihead: MultiheadCase[];
  readonly modules: ModuleCase[];
  readonly products: (Omit<Recorded, "state"> & { readonly call: Call })[];
};

/** Float32 sums of a few dozen terms through up to three layers, in another order than PyTorch's. */
const TOLERANCE = 2e-5;

function tensor({ values, shape, dtype }: Numbers): tf.Tensor {
  return tf.tensor(values.map(Number), shape, dtype);
}

function expectClose(actual: tf.Tensor | null | undefined, expected: RecordedTensor | undefined, what: string): void {
  expectRecorded(actual, expected, what, ofLargest(TOLERANCE));
}

/** Tensors where numbers were recorded. */
function callOf(call: Call): object {
  return Object.fromEntries(
    Object.entries(call).map(([name, value]) => [name, typeof value === "object" ? tensor(value) : value]),
  );
}

function stateOf(state: Record<string, Numbers>): Record<string, { shape: number[]; values: number[] }> {
  return Object.fromEntries(
    Object.entries(state).map(([name, { shape, values }]) => [name, { shape, values: values.map(Number) }]),
  );
}

function check(
  recorded: Omit<Recorded, "state">,
  module: nn.Module | undefined,
  run: (inputs: tf.Tensor[]) => tf.Tensor[],
) {
  const inputs = recorded.inputs.map(tensor);
  const outputs = run(inputs);
  expect(outputs).toHaveLength(recorded.outputs.length);
  const named = module?.namedParameters() ?? [];
  const found = grad(outputs, [...inputs, ...named.map(([, parameter]) => parameter)], {
    gradOutputs: recorded.dys.map(tensor),
  });
  outputs.forEach((output, i) => expectClose(output, recorded.outputs[i], `output ${i}`));
  inputs.forEach((_, i) => expectClose(found[i], recorded.dinputs[i], `gradient of input ${i}`));
  named.forEach(([name], i) => expectClose(found[inputs.length + i], recorded.gradients[name], `gradient of ${name}`));
}

const small = { dimFeedforward: 6, dropout: 0 };
const encoderLayer = (options: nn.TransformerLayerOptions = {}) =>
  new nn.TransformerEncoderLayer(8, 2, { ...small, ...options });
const decoderLayer = (options: nn.TransformerLayerOptions = {}) =>
  new nn.TransformerDecoderLayer(8, 2, { ...small, ...options });
const MODULES: Record<string, () => nn.Module> = {
  encoderLayer: () => encoderLayer(),
  "encoderLayer normFirst gelu": () => encoderLayer({ normFirst: true, activation: "gelu", batchFirst: true }),
  "encoderLayer without bias": () => encoderLayer({ bias: false, layerNormEps: 1e-3 }),
  encoder: () => new nn.TransformerEncoder(encoderLayer({ batchFirst: true }), 2),
  "encoder with norm": () => new nn.TransformerEncoder(encoderLayer(), 2, { norm: new nn.LayerNorm(8) }),
  decoderLayer: () => decoderLayer(),
  "decoderLayer normFirst": () => decoderLayer({ normFirst: true, batchFirst: true }),
  decoder: () => new nn.TransformerDecoder(decoderLayer({ activation: "gelu" }), 2, { norm: new nn.LayerNorm(8) }),
  transformer: () => new nn.Transformer(8, 2, { ...small, numEncoderLayers: 1, numDecoderLayers: 2, batchFirst: true }),
};

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(
    fixture.multihead.map((recorded) => ({
      ...recorded,
      title: `${JSON.stringify(recorded.args)} ${JSON.stringify(recorded.options)} of ${JSON.stringify(recorded.inputs.map(({ shape }) => shape))} with ${Object.keys(recorded.call).join(", ")}`,
    })),
  )("nn.MultiheadAttention $title", (recorded) => {
    const module = new nn.MultiheadAttention(...recorded.args, recorded.options);
    expect([...module.stateDict().keys()]).toEqual(Object.keys(recorded.state));
    module.loadStateDict(stateOf(recorded.state));
    {
      using _scope = tensorScope();
      check(recorded, module, ([query, key, value]) => {
        if (query === undefined) throw new Error("there is a query");
        const keys = key ?? query;
        const [y, weights] = module.forward(query, keys, value ?? keys, callOf(recorded.call));
        return weights === undefined ? [y] : [y, weights];
      });
    }
    module.dispose();
  });

  it.each(fixture.modules)("$kind", (recorded) => {
    const module = MODULES[recorded.kind]?.();
    if (module === undefined) throw new Error(`there is no module for ${recorded.kind}`);
    expect([...module.stateDict().keys()]).toEqual(Object.keys(recorded.state));
    module.loadStateDict(stateOf(recorded.state));
    {
      using _scope = tensorScope();
      const forward = module.forward.bind(module) as (...inputs: unknown[]) => tf.Tensor;
      check(recorded, module, (inputs) => [forward(...inputs, callOf(recorded.masks))]);
    }
    module.dispose();
  });

  it.each(fixture.products.map((recorded, index) => ({ ...recorded, index })))(
    "scaledDotProductAttention $index with $call",
    (recorded) => {
      using _scope = tensorScope();
      check(recorded, undefined, ([q, k, v]) => {
        if (q === undefined || k === undefined || v === undefined) throw new Error("there are three");
        return [nn.functional.scaledDotProductAttention(q, k, v, callOf(recorded.call))];
      });
    },
  );
});
