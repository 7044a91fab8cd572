import { compileFunction } from "node:vm";
import { DataLoader, F, nn, tf } from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { HookError } from "../errors/hook-error.js";
import type { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "./trainer.js";

const FILE = "/home/somebody/train.ts";

/** Runs code as if it stood in a file of a user's. */
function inUsersFile(code: string, names: Readonly<Record<string, unknown>>): unknown {
  const users: unknown = compileFunction(code, Object.keys(names), { filename: FILE });
  return typeof users === "function" ? Reflect.apply(users, undefined, Object.values(names)) : undefined;
}

async function errorOf(code: string, names: Readonly<Record<string, unknown>> = {}): Promise<Error> {
  const options = {
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 1,
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
  };
  try {
    await inUsersFile(code, { Trainer, Fabric, DataLoader, BoringModel, options, cpu, tf, F, ...names });
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("Nothing was thrown.");
}

/** Frames below the message: the first one. */
const firstFrame = ({ stack }: Error): string | undefined =>
  stack?.split("\n").find((line) => line.trimStart().startsWith("at "));

it.each([
  ["throws", `throw new TypeError("oh")`],
  ["calls something of ours that throws", `return F.crossEntropy(tf.zeros([2, 3]), tf.zeros([5]))`],
  ["calls something of tfjs that throws", `return tf.zeros([2, 3]).matMul(tf.zeros([5, 5]))`],
  ["throws after waiting", `return (async () => { await undefined; throw new TypeError("oh"); })()`],
  [
    "calls tfjs after waiting",
    `return (async () => { await undefined; return tf.zeros([2, 3]).matMul(tf.zeros([5, 5])); })()`,
  ],
])("the stack of a hook that %s begins with the user's line", async (_, body) => {
  const limit = Error.stackTraceLimit;
  const error = await errorOf(
    `class Mine extends BoringModel { trainingStep() { ${body}; } }
return new Trainer(options).fit(new Mine());`,
  );
  expect(Error.stackTraceLimit).toBe(limit);
  expect(error).toBeInstanceOf(HookError);
  expect(error.message).toContain("Mine.trainingStep failed at epoch 0, batch 0");
  expect(firstFrame(error)).toContain(`${FILE}:`);
  expect(error.stack).toMatch(/^\w*Error: Mine.trainingStep failed/);
});

it.each([
  ["wrong options", `new Trainer({ maxEpochs: -7 })`],
  ["wrong arguments", `return new Trainer(options).fit(new BoringModel(), { nonsense: 1 })`],
  ["something that is found out later", `return new Trainer(options).predict(new (class extends BoringModel {})(), 5)`],
  [
    "a checkpoint that is not there",
    `return new Trainer(options).fit(new BoringModel(), { ckptPath: "/nowhere.ckpt" })`,
  ],
])("the stack of an error for %s begins where the user called", async (_, code) => {
  expect(firstFrame(await errorOf(code))).toContain(`${FILE}:1:`);
});

it.each([
  ["loadFromCheckpoint", `return BoringModel.loadFromCheckpoint("/other.ckpt", { files: options.ports.files })`],
  ["loadCheckpoint", `return new BoringModel().loadCheckpoint("/other.ckpt", { files: options.ports.files })`],
  ["toOnnx", `return new BoringModel().toOnnx("/model.onnx", { files: options.ports.files, input: tf.zeros([1, 7]) })`],
])("the stack of an error of %s begins where the user called", async (_, call) => {
  class Other extends BoringModel {
    readonly more = new nn.Linear(1, 1);
  }
  const error = await errorOf(
    `return (async () => { const trainer = new Trainer({ ...options, maxEpochs: 0 });
await trainer.fit(new Other()); await trainer.saveCheckpoint("/other.ckpt");
${call}; })();`,
    { Other },
  );
  expect(firstFrame(error)).toMatch(/train\.ts:3:/);
});

it("the cause keeps its own stack", async () => {
  const module: LightningModule = new (class extends BoringModel {
    override trainingStep(): never {
      throw new RangeError("inside");
    }
  })();
  const error = await errorOf(`return new Trainer(options).fit(module)`, { module });
  expect(error.cause).toMatchObject({ name: "RangeError", stack: expect.stringContaining("user-first.test.ts") });
});

describe("where the data fail, the stack begins with the line that failed", () => {
  const boom = `throw new TypeError("bad row");`;
  const rows = "[new Float32Array(32), new Float32Array(32)]";
  const each = (body: string) => `const rows = ${rows}; for (const row of rows) { ${body} yield row; }`;

  const sources: [name: string, code: string][] = [
    ["a dataset's get", `new DataLoader({ length: 4, get(index) {\n${boom} } })`],
    ["an asynchronous get", `new DataLoader({ length: 4, async get(index) { await undefined;\n${boom} } })`],
    ["a dataset's getBatch", `new DataLoader({ length: 4, get: () => 1, getBatch() {\n${boom} } })`],
    [
      "an iterable dataset",
      `new DataLoader({ async *[Symbol.asyncIterator]() { ${each(`await undefined;\n${boom}`)} } })`,
    ],
    ["a collate function", `new DataLoader(${rows}, { collate: (items) => {\n${boom} } })`],
    ["an asynchronous collate", `new DataLoader(${rows}, { collate: async (items) => { await undefined;\n${boom} } })`],
    [
      "the collate function of an iterable dataset",
      `new DataLoader({ async *[Symbol.asyncIterator]() { ${each("")} } }, { collate: (items) => {\n${boom} } })`,
    ],
    ["a sampler", `new DataLoader(${rows}, { sampler: { length: 2, *indices() {\n${boom} } } })`],
    ["a loader of the user's", `({ async *[Symbol.asyncIterator]() { ${each(`await undefined;\n${boom}`)} } })`],
  ];

  it.each(sources)("of %s, under a Trainer", async (_, source) => {
    const error = await errorOf(`const loader = ${source};
return new Trainer(options).fit(new BoringModel(), loader);`);
    expect(firstFrame(error)).toMatch(/train\.ts:2:/);
    expect(error.message).toContain("bad row");
  });

  it("of a synchronous loader, under a Trainer", async () => {
    const error = await errorOf(`const loader = { *[Symbol.iterator]() {
${boom} } };
return new Trainer(options).fit(new BoringModel(), loader);`);
    expect(firstFrame(error)).toMatch(/train\.ts:2:/);
  });

  it.each(sources)("of %s, in a Fabric loop", async (_, source) => {
    const error = await errorOf(`const loader = ${source};
return (async () => {
  const fabric = new Fabric({ accelerator: cpu({ backend: "cpu" }), ports: options.ports });
  await fabric.launch();
  for await (const batch of fabric.setupDataloaders(loader)) await batch;
})();`);
    expect(firstFrame(error)).toMatch(/train\.ts:2:/);
    expect(error.message).toContain("bad row");
  });

  it("also where closing the run failed too", async () => {
    const error = await errorOf(`class Mine extends BoringModel {
trainingStep() { throw new TypeError("first"); }
teardown() { throw new TypeError("second"); } }
return new Trainer(options).fit(new Mine());`);
    expect(error).toBeInstanceOf(AggregateError);
    expect(firstFrame(error)).toMatch(/train\.ts:2:/);
  });
});
