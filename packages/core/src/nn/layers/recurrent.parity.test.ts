import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { grad } from "../../autograd/grad.js";
import { describeOnBackends } from "../../backend/describe-on-backends-under-test.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import { expectRecorded, ofEach, type RecordedTensor } from "../expect-recorded-under-test.js";
import * as nn from "../index.js";

interface Numbers {
  readonly shape: number[];
  readonly values: number[];
}
interface RecurrentCase {
  readonly kind: "LSTM" | "GRU" | "RNN" | "LSTMCell" | "GRUCell" | "RNNCell";
  readonly sizes: [number, number];
  readonly options: Record<string, unknown>;
  readonly lengths: number[] | null;
  readonly state: Record<string, Numbers>;
  readonly inputs: Numbers[];
  readonly outputs: Numbers[];
  readonly dys: Numbers[];
  readonly dinputs: Numbers[];
  readonly gradients: Record<string, Numbers>;
}
interface PackingCase {
  readonly lengths: number[];
  readonly batchFirst: boolean;
  readonly padded: Numbers;
  readonly data: Numbers;
  readonly batchSizes: number[];
  readonly sortedIndices: number[];
  readonly unsortedIndices: number[];
  readonly again: Numbers;
  readonly counts: number[];
}

const fixture = JSON.parse(readFileSync(new URL("../fixtures/recurrent.json", import.meta.url), "utf8")) as {
  readonly layers: RecurrentCase[];
  readonly cells: RecurrentCase[];
  readonly packing: PackingCase[];
};

/** Float32 sums of a few dozen terms over at most five steps, in another order than PyTorch's. */
const TOLERANCE = 5e-6;
const { packPaddedSequence, padPackedSequence } = nn.utils.rnn;

function tensor({ values, shape }: Numbers): tf.Tensor {
  return tf.tensor(values, shape, "float32");
}

function expectClose(actual: tf.Tensor | null | undefined, expected: RecordedTensor | undefined, what: string): void {
  expectRecorded(actual, expected, what, ofEach(TOLERANCE));
}

/** A layer whose input, states and results are lists of tensors. */
interface Runnable {
  readonly module: nn.Module;
  run(inputs: readonly tf.Tensor[]): tf.Tensor[];
}

function create({ kind, sizes, options, lengths }: RecurrentCase): Runnable {
  const layer = new Map<string, unknown>(Object.entries(nn)).get(kind) as new (
    ...args: unknown[]
  ) => nn.Module & { forward(x: unknown, states?: unknown): unknown };
  const module = new layer(...sizes, options);
  const batchFirst = options["batchFirst"] === true;
  return {
    module,
    run([x, ...states]) {
      if (x === undefined) throw new Error("an input is missing");
      const input = lengths === null ? x : packPaddedSequence(x, lengths, { batchFirst, enforceSorted: false });
      const given = states.length === 0 ? undefined : kind.startsWith("LSTM") ? states : states[0];
      const result = module.forward(input, given);
      const flat = (Array.isArray(result) ? result : [result]).flat() as (tf.Tensor | nn.utils.rnn.PackedSequence)[];
      const totalLength = x.shape[batchFirst ? 1 : 0];
      return flat.map((value) =>
        value instanceof tf.Tensor ? value : padPackedSequence(value, { batchFirst, totalLength })[0],
      );
    },
  };
}

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(
    [...fixture.layers, ...fixture.cells].map((recorded) => ({
      ...recorded,
      title: `nn.${recorded.kind} ${JSON.stringify(recorded.options)} of ${JSON.stringify(recorded.inputs.map(({ shape }) => shape))}, lengths ${JSON.stringify(recorded.lengths)}`,
    })),
  )("$title", (recorded) => {
    const { module, run } = create(recorded);
    expect([...module.stateDict().keys()]).toEqual(Object.keys(recorded.state));
    module.loadStateDict(recorded.state);
    {
      using _scope = tensorScope();
      const inputs = recorded.inputs.map(tensor);
      const outputs = run(inputs);
      expect(outputs).toHaveLength(recorded.outputs.length);
      const named = module.namedParameters();
      const found = grad(outputs, [...inputs, ...named.map(([, parameter]) => parameter)], {
        gradOutputs: recorded.dys.map(tensor),
      });
      outputs.forEach((output, i) => expectClose(output, recorded.outputs[i], `output ${i}`));
      inputs.forEach((_, i) => expectClose(found[i], recorded.dinputs[i], `gradient of input ${i}`));
      named.forEach(([name], i) =>
        expectClose(found[inputs.length + i], recorded.gradients[name], `gradient of ${name}`),
      );
    }
    module.dispose();
  });

  it.each(fixture.packing)("packing and padding of lengths $lengths, batchFirst: $batchFirst", (recorded) => {
    using _scope = tensorScope();
    const { batchFirst, lengths } = recorded;
    const packed = packPaddedSequence(tensor(recorded.padded), lengths, { batchFirst, enforceSorted: false });
    expectClose(packed.data, recorded.data, "data");
    expect([...packed.batchSizes.dataSync()]).toEqual(recorded.batchSizes);
    expect([...(packed.sortedIndices?.dataSync() ?? [])]).toEqual(recorded.sortedIndices);
    expect([...(packed.unsortedIndices?.dataSync() ?? [])]).toEqual(recorded.unsortedIndices);
    const [again, counts] = padPackedSequence(packed, { batchFirst, paddingValue: -1.5 });
    expectClose(again, recorded.again, "padded again");
    expect([...counts.dataSync()]).toEqual(recorded.counts);
  });
});
