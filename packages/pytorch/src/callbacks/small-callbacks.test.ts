import { DataLoader } from "@lightning-ts/core";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Callback } from "../contract/callback.js";
import type { CallbackHooks } from "../contract/callback-hooks.js";
import { LambdaCallback } from "./lambda-callback.js";
import { ModelSummary, type ModelSummaryOptions } from "./model-summary.js";
import { OnExceptionCheckpoint, type OnExceptionCheckpointOptions } from "./on-exception-checkpoint.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

function setUp(callback: Callback, options: object = {}) {
  const [files, terminal] = [new MemoryFiles(), new FakeTerminal()];
  const trainer = quietTrainer({ maxEpochs: 1, callbacks: callback, ports: { files, terminal }, ...options });
  return { trainer, files, said: () => terminal.text };
}

const SAVING = { enableCheckpointing: true };
const loader = () => new DataLoader(randomDataset({ length: 3 }));
const isThere = async (files: MemoryFiles, path: string) => (await files.stat(path)) !== undefined;

/** Fails in a batch, or does not. */
class Fragile extends BoringModel {
  failsAt: number | undefined;
  override onTrainBatchEnd() {
    if (this.trainer.globalStep === this.failsAt) throw new Error("no more");
  }
  override onFitStart() {
    if (this.failsAt === 0) throw new Error("no more");
  }
}

describe("LambdaCallback", () => {
  it("calls the functions that it is given, and only for their hooks", async () => {
    const calls: string[] = [];
    const callback = new LambdaCallback({
      onFitStart: () => void calls.push("onFitStart"),
      onTrainBatchEnd: (_trainer, _module, _outputs, _batch, batchIdx) => void calls.push(`batch ${batchIdx}`),
      onFitEnd: undefined as never,
    });
    expect(Object.keys(callback).filter((name) => name.startsWith("on"))).toEqual(["onFitStart", "onTrainBatchEnd"]);
    await setUp(callback).trainer.fit(new BoringModel(), loader());
    expect(calls).toEqual(["onFitStart", "batch 0", "batch 1", "batch 2"]);
  });

  it("refuses names that are no hooks, naming the nearest, and what is no function", () => {
    const make = (hooks: object) => () => new LambdaCallback(hooks as CallbackHooks);
    expect(make({ onTrainBatchEnded: () => 1 })).toThrow(
      /^LambdaCallback got "onTrainBatchEnded", which is no hook or no function\. Expected functions for hooks such as (\w+, ){5}\w+\. Try: onTrainBatchEnd \(did you mean that\?\)$/,
    );
    expect(make({ onFitStart: "now" })).toThrow('LambdaCallback got "onFitStart", which is no hook');
    expect(make({ qqqqqqqq: () => 1 })).toThrow(expect.not.objectContaining({ message: expect.stringMatching(/Try/) }));
    for (const name of ["constructor", "stateKey", "stateDict", "loadStateDict", "log", "logDict"])
      expect(make({ [name]: () => 1 }), name).toThrow(expect.objectContaining({ code: "LIT_UNKNOWN_HOOK" }));
  });
});

describe("ModelSummary", () => {
  it("prints what the module is made of when a fit starts, as deep as it is told", async () => {
    const shown = async (options?: ModelSummaryOptions) => {
      const { trainer, said } = setUp(new ModelSummary(options));
      await trainer.fit(new BoringModel(), loader());
      return said();
    };
    expect(await shown()).toContain("Linear");
    expect(await shown({ maxDepth: -1 })).toContain("Linear");
    expect(await shown({ maxDepth: 0 })).not.toContain("Linear");
  });

  it("refuses depths that are none and options that it does not have", () => {
    for (const maxDepth of [-2, 1.5, Number.NaN])
      expect(() => new ModelSummary({ maxDepth })).toThrow(
        `ModelSummary cannot use this maxDepth. Expected a whole number of at least 0, or -1 for everything. Received ${maxDepth}.`,
      );
    expect(() => new ModelSummary({ depth: 1 } as ModelSummaryOptions)).toThrow(/^ModelSummary has no option "depth"/);
  });
});

describe("OnExceptionCheckpoint", () => {
  it("writes a file when a fit fails, under the name that it is given", async () => {
    for (const [options, path] of [
      [{ dirpath: "/ck" }, "/ck/on_exception.ckpt"],
      [{ dirpath: "/ck", filename: "rescue" }, "/ck/rescue.ckpt"],
    ] as const) {
      const callback = new OnExceptionCheckpoint(options);
      const { trainer, files } = setUp(callback, SAVING);
      const model = new Fragile();
      model.failsAt = 2;
      await expect(trainer.fit(model, loader())).rejects.toThrow("no more");
      expect(callback.pathFor(trainer)).toBe(path);
      expect(await isThere(files, path)).toBe(true);
    }
  });

  it("removes the file after a fit that ends well", async () => {
    const { trainer, files } = setUp(new OnExceptionCheckpoint({ dirpath: "/ck" }), SAVING);
    const model = new Fragile();
    model.failsAt = 2;
    await expect(trainer.fit(model, loader())).rejects.toThrow("no more");
    await trainer.validate(new BoringModel(), loader());
    expect(await isThere(files, "/ck/on_exception.ckpt")).toBe(true);
    model.failsAt = undefined;
    await trainer.fit(model, loader());
    expect(await isThere(files, "/ck/on_exception.ckpt")).toBe(false);
  });

  it("writes nothing before the first batch, in a fast run, and when something else than a fit fails", async () => {
    const early = setUp(new OnExceptionCheckpoint({ dirpath: "/ck" }), SAVING);
    const model = new Fragile();
    model.failsAt = 0;
    await expect(early.trainer.fit(model, loader())).rejects.toThrow("no more");
    expect(await isThere(early.files, "/ck/on_exception.ckpt")).toBe(false);

    const fast = setUp(new OnExceptionCheckpoint({ dirpath: "/ck" }), { ...SAVING, fastDevRun: true });
    model.failsAt = 1;
    await expect(fast.trainer.fit(model, loader())).rejects.toThrow("no more");
    expect(await isThere(fast.files, "/ck/on_exception.ckpt")).toBe(false);

    class BadTest extends BoringModel {
      override testStep(): never {
        throw new Error("no test");
      }
    }
    const other = setUp(new OnExceptionCheckpoint({ dirpath: "/ck" }), SAVING);
    const tested = new BadTest();
    await other.trainer.fit(tested, loader());
    await expect(other.trainer.test(tested, loader())).rejects.toThrow("no test");
    expect(await isThere(other.files, "/ck/on_exception.ckpt")).toBe(false);
  });

  it("refuses options that it does not have", () => {
    const options = { dirpath: "/ck", name: "x" } as OnExceptionCheckpointOptions;
    expect(() => new OnExceptionCheckpoint(options)).toThrow(/^OnExceptionCheckpoint has no option "name"/);
  });
});
