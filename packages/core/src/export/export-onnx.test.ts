import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as nn from "../nn/index.js";
import { Module } from "../nn/module.js";
import { Parameter } from "../autograd/parameter.js";
import { randomState, seedEverything } from "../random/global-random.js";
import { RandomStream } from "../random/random-stream.js";
import { noGrad } from "../tensor/recording.js";
import { tf } from "../tensor/tf.js";
import { exportOnnx, type ExportOnnxOptions } from "./export-onnx.js";
import { Call, LAYERS, PROGRAMS, type Program } from "./onnx-cases-under-test.js";

/** What of ONNX Runtime's own interface is used; the engine's package has it. */
interface Ort {
  readonly InferenceSession: { create(file: Uint8Array): Promise<Session> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => unknown;
}
interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: object): Promise<Record<string, { readonly dims: readonly number[]; readonly data: ArrayLike<number> }>>;
}
const engine = new URL("../../../backend-onnxruntime/package.json", import.meta.url);
const ort = createRequire(engine)("onnxruntime-node") as Ort;

beforeAll(async () => {
  await resolveBackend("onnxruntime");
  seedEverything(5);
});

/** What ONNX Runtime's own interface computes with the file. */
async function runFile(file: Uint8Array, inputs: Readonly<Record<string, tf.Tensor>>) {
  const session = await ort.InferenceSession.create(file);
  expect(session.inputNames).toEqual(Object.keys(inputs));
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, x]) => [
      name,
      new ort.Tensor(x.dtype as "float32", x.dataSync() as Float32Array, x.shape),
    ]),
  );
  const results = await session.run(feeds);
  return Object.fromEntries(session.outputNames.map((name) => [name, results[name]]));
}

function example(shape: readonly number[], highest = 0): tf.Tensor {
  const stream = RandomStream.fromSeed(7, "example");
  const size = shape.reduce((a, b) => a * b, 1);
  if (highest > 0)
    return tf.tensor(
      Int32Array.from({ length: size }, () => stream.integer(highest)),
      [...shape],
      "int32",
    );
  return tf.tensor(stream.fillNormal(new Float32Array(size)), [...shape]);
}

const BATCHES = [1, 3, 17];

/** Exports a module with an example of batch size 2, and compares file and module at other sizes. */
async function expectSame(
  module: Module,
  rest: readonly number[],
  highest = 0,
  options: Partial<ExportOnnxOptions> = {},
) {
  const file = await exportOnnx(module, { input: example([2, ...rest], highest), ...options });
  module.eval();
  for (const batch of BATCHES) {
    const x = example([batch, ...rest], highest);
    const expected = noGrad(() => Reflect.apply(module.forward, module, [x]) as tf.Tensor);
    const { output } = await runFile(file, { input: x });
    expect(output?.dims).toEqual(expected.shape);
    const values = expected.dataSync();
    const found = output?.data as Float32Array;
    const errors = Array.from(
      found,
      (value, i) => Math.abs(Number(value) - (values[i] ?? 0)) / Math.max(1, Math.abs(values[i] ?? 0)),
    );
    expect(Math.max(...errors)).toBeLessThan(2e-5);
  }
  return file;
}

const recorded = JSON.parse(readFileSync(new URL("./fixtures/checked-models.json", import.meta.url), "utf8")) as {
  readonly onnx: string;
  readonly checked: readonly string[];
};

describe(`exportOnnx, whose files the checker of onnx ${recorded.onnx} accepts`, () => {
  it("has been checked with all of these layers and programs (tests/parity/check_exported_models.py)", () => {
    expect(recorded.checked).toEqual([...LAYERS.map(({ name }) => name), ...Object.keys(PROGRAMS)]);
  });

  it.each(LAYERS)("$name: the file computes the same for batches of 1, 3 and 17", async ({ make, rest, highest }) => {
    const module = make();
    await expectSame(module, rest, highest);
  });
});

describe("what follows from the size of the batch", () => {
  it.each(Object.entries(PROGRAMS))("%s", async (_name, body) => {
    await expectSame(new Call(body), [4]);
  });
});

describe("an exported file", () => {
  it("has inputs and outputs by name, several of both, and integers among them", async () => {
    class Several extends Module {
      readonly table = new nn.Embedding(5, 3);
      override forward({ tokens, weights }: { tokens: tf.Tensor; weights: tf.Tensor }) {
        const embedded = this.table.forward(tokens);
        return { sum: embedded.mul(weights).sum(1), most: embedded.max() };
      }
    }
    const module = new Several();
    const tokens = tf.tensor2d(
      [
        [1, 2],
        [3, 4],
        [0, 0],
      ],
      [3, 2],
      "int32",
    );
    const weights = example([3, 2, 3]);
    const file = await exportOnnx(module, { input: { tokens, weights } });
    const found = await runFile(file, { tokens, weights });
    const expected = module.forward({ tokens, weights });
    expect(Object.keys(found)).toEqual(["sum", "most"]);
    expect(found["sum"]?.dims).toEqual([3, 3]);
    expect(found["most"]?.data[0]).toBeCloseTo(expected.most.dataSync()[0] ?? 0, 5);
    const named = await exportOnnx(module, {
      input: { tokens, weights },
      inputNames: ["a", "b"],
      outputNames: ["c", "d"],
    });
    expect(Object.keys(await runFile(named, { a: tokens, b: weights }))).toEqual(["c", "d"]);
  });

  it("takes several arguments, and one size only where it is asked to", async () => {
    class Two extends Module {
      override forward(a: tf.Tensor, b: tf.Tensor) {
        return [a.add(b), a.matMul(b, true)];
      }
    }
    const [a, b] = [example([2, 3]), example([2, 3])];
    const file = await exportOnnx(new Two(), { input: [a, tf.buffer([2, 3])], dynamicBatch: false });
    expect(Object.keys(await runFile(file, { input0: a, input1: b }))).toEqual(["output0", "output1"]);
    await expect(runFile(file, { input0: example([3, 3]), input1: example([3, 3]) })).rejects.toThrow();
  });

  it("leaves modes, random streams, tensors and the backend as they were", async () => {
    const module = new nn.Sequential(new nn.Linear(4, 4), new nn.Dropout(0.5), new nn.BatchNorm1d(4));
    module.children()[2]?.eval();
    const input = example([2, 4]);
    await exportOnnx(module, { input });
    const before = { random: randomState(), tensors: tf.memory().numTensors };
    await exportOnnx(module, { input });
    expect({ random: randomState(), tensors: tf.memory().numTensors }).toEqual(before);
    expect(module.children().map(({ training }) => training)).toEqual([true, true, false]);
    await resolveBackend("cpu");
    const weight = new nn.Linear(4, 2);
    const x = example([3, 4]);
    const expected = [...weight.forward(x).dataSync()];
    const file = await exportOnnx(weight, { input: x });
    expect(tf.getBackend()).toBe("cpu");
    expect([...weight.forward(x).dataSync()]).toEqual(expected);
    const { output } = await runFile(file, { input: x });
    expect(output?.data[0]).toBeCloseTo(expected[0] ?? 0, 5);
    await resolveBackend("onnxruntime");
  });

  it("has the weights that training left, also those that have not been computed yet", async () => {
    const module = new nn.Linear(2, 1, { bias: false });
    module.weight.assign(tf.add(module.weight, 1));
    await expectSame(module, [2]);
  });

  it("keeps parameters called like values of a graph apart from them", async () => {
    class Odd extends Module {
      constructor() {
        super();
        for (const name of ["v0", "c0", "c1", "batch0", "constant0", "in0"])
          this.registerParameter(name, Parameter.fromData(example([4]).dataSync(), [4]));
      }
      override forward(x: tf.Tensor): tf.Tensor {
        const zeros = tf.zeros([x.shape[0] ?? 0, 4]);
        return this.parameters().reduce<tf.Tensor>((sum, one) => sum.add(one).relu(), x.add(zeros).add([1, 2, 3, 4]));
      }
    }
    await expectSame(new Odd(), [4]);
  });
});

describe("what cannot be exported is refused by name", () => {
  const refused: Readonly<Record<string, readonly [Program, message: string]>> = {
    "a value that is read": [
      (x) => (Number(x.sum().dataSync()[0]) > 0 ? x : x.neg()),
      "read while the model is exported: Sum",
    ],
    "a kernel without a counterpart": [(x) => tf.unique(x.flatten()).values, "The kernel Unique (x: float32 ["],
    "a loop over the batch": [(x) => tf.stack(tf.unstack(x).map((row) => row.sum())), "depends on the size"],
    "another way for large batches": [(x) => ((x.shape[0] ?? 0) > 50 ? x.neg() : x.abs()), "depends on the size"],
    "whole pairs of rows": [(x) => x.slice([0, 0], [2 * Math.floor((x.shape[0] ?? 0) / 2), 4]), "depends on the size"],
    "random numbers": [(x) => x.add(tf.randomNormal(x.shape)), "depends on the size"],
    "something that is no tensor": [() => 3 as unknown as tf.Tensor, "is no tensor"],
    "a promise": [(x) => Promise.resolve(x) as unknown as tf.Tensor, "returns a promise"],
  };
  it.each(Object.entries(refused))("%s", async (_name, [body, message]) => {
    const module = new Call(body);
    await expect(exportOnnx(module, { input: example([2, 4]) })).rejects.toThrow(message);
    expect(module.training).toBe(true);
    await expectSame(new nn.Linear(4, 2), [4]);
  });

  it.each([
    ["no tensor", { input: 3 }, "no example"],
    ["a scalar", { input: tf.buffer([]) }, "no example"],
    ["names that do not fit", { input: tf.buffer([1, 4]), inputNames: ["a", "b"] }, "does not name each"],
    ["equal names", { input: tf.buffer([1, 4]), inputNames: ["output"] }, 'called "output"'],
    ["an unknown option", { input: tf.buffer([1, 4]), opset: 17 }, "opset"],
  ])("%s as an input", async (_name, options, message) => {
    await expect(exportOnnx(new nn.Linear(4, 2), options as ExportOnnxOptions)).rejects.toThrow(message);
  });
});
