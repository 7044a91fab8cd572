import { describe, expect, it, vi } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import type { BatchFetcher } from "../../data/batch-fetcher.js";
import { Driver } from "../../door/driver.js";
import { wait } from "../../door/steps.js";
import type { DataloaderIterator } from "../../words/dataloader-iterator.js";
import type { Session } from "../session/session.js";
import { inputOfStep, type StepInput } from "./step-input.js";

/** Three batches, of which the first has been fetched. */
function fetcherOf(batches: readonly unknown[] = ["a", "b", "c"]): BatchFetcher {
  const fetcher = {
    batch: batches[0],
    batchIdx: 0,
    dataloaderIdx: 2,
    isLast: false,
    next: async () => {
      fetcher.batchIdx += 1;
      fetcher.batch = batches[fetcher.batchIdx];
      return fetcher.batchIdx < batches.length;
    },
  };
  return Object(fetcher);
}

function inputFor(module: LightningModule, fetcher = fetcherOf(), worldSize = 1): StepInput {
  const session: Session = Object({
    connection: { strategy: { worldSize } },
    module,
    transfer: { move: (batch: unknown, dataloaderIdx: number) => wait(`${String(batch)} of ${dataloaderIdx} moved`) },
  });
  const input = new Driver().run(inputOfStep(session, "trainingStep", fetcher));
  if (input instanceof Promise) throw new Error("nothing is waited for");
  return input;
}

class TakesBatch extends LightningModule {}
class Listed extends LightningModule {
  override readonly iteratorSteps = ["trainingStep"] as const;
}

/** A module with this step. */
function stepWritten(step: unknown): LightningModule {
  const module = new TakesBatch();
  Object.defineProperty(module, "trainingStep", { value: step });
  return module;
}

/** A function whose text is exactly this. */
const written = (code: string): unknown => Reflect.apply(Function, undefined, [`return ${code}`])();

/** Steps in all the ways that a function is written; parameters count by their names. */
const waysToWrite = (): readonly (readonly [way: string, step: unknown, isIterator: boolean])[] => [
  ["with more spaces than one", written("async   function   step  (  dataloaderIter ) {}"), true],
  ["without any space", written("function(dataloaderIter){}"), true],
  ["as a generator with spaces before its star", written("function   *step(dataloader_iter) {}"), true],
  ["as an arrow over several lines", written("async  (\n  dataloaderIter\n) => 0"), true],
  ["with the name in the second place and no space", written("(batch,dataloaderIter)=>0"), false],
  [
    "a method",
    {
      trainingStep(dataloaderIter: unknown) {
        return dataloaderIter;
      },
    }.trainingStep,
    true,
  ],
  [
    "a method with Python's name",
    {
      trainingStep(dataloader_iter: unknown) {
        return dataloader_iter;
      },
    }.trainingStep,
    true,
  ],
  [
    "an async method",
    {
      async trainingStep(dataloaderIter: unknown, _index: number) {
        return dataloaderIter;
      },
    }.trainingStep,
    true,
  ],
  [
    "a generator method",
    {
      *trainingStep(dataloaderIter: unknown) {
        yield dataloaderIter;
      },
    }.trainingStep,
    true,
  ],
  [
    "a function",
    function (dataloaderIter: unknown) {
      return dataloaderIter;
    },
    true,
  ],
  [
    "an async function with a name",
    async function step$1(dataloaderIter: unknown) {
      return dataloaderIter;
    },
    true,
  ],
  ["an arrow", (dataloaderIter: unknown) => dataloaderIter, true],
  ["an async arrow", async (dataloaderIter: unknown) => dataloaderIter, true],
  [
    "a method whose second parameter it is",
    {
      trainingStep(_batch: unknown, dataloaderIter: unknown) {
        return dataloaderIter;
      },
    }.trainingStep,
    false,
  ],
  [
    "a method with a longer name",
    {
      trainingStep(dataloaderIterations: unknown) {
        return dataloaderIterations;
      },
    }.trainingStep,
    false,
  ],
];

describe("a training step", () => {
  it("gets the batch on the device, and so do the hooks", () => {
    const moved = "a of 2 moved";
    expect(inputFor(new TakesBatch())).toEqual({ batch: moved, input: moved, isIterator: false });
  });

  it("gets an iterator where the module lists it", () => {
    expect(inputFor(new Listed())).toMatchObject({ batch: "a", isIterator: true });
  });

  it("is asked for its first parameter, in whatever way it is written, and once", () => {
    const text = vi.spyOn(Function.prototype, "toString");
    for (const [way, step, isIterator] of waysToWrite()) {
      const module = stepWritten(step);
      expect([way, inputFor(module).isIterator]).toEqual([way, isIterator]);
      const asked = text.mock.calls.length;
      expect([way, inputFor(module).isIterator]).toEqual([way, isIterator]);
      expect(text.mock.calls.length).toBe(asked);
    }
    text.mockRestore();
  });

  it("finds in its iterator the batch that was fetched, those that follow, and the end", async () => {
    const { input } = inputFor(new Listed());
    const iterator: DataloaderIterator = Object(input);
    const seen: unknown[] = [];
    for await (const entry of iterator) seen.push(entry);
    expect(seen).toEqual([
      ["a", 0, 2],
      ["b", 1, 2],
      ["c", 2, 2],
    ]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it("cannot take an iterator on several ranks", () => {
    let failure: unknown;
    try {
      inputFor(new Listed(), fetcherOf(), 2);
    } catch (error) {
      failure = error;
    }
    expect(String(failure)).toContain(
      "trainingStep takes an iterator, and several processes cannot agree on how many batches it will take.",
    );
    expect(String(failure)).toContain("a step that takes a batch, or one device.");
    expect(inputFor(new TakesBatch(), fetcherOf(), 2).isIterator).toBe(false);
  });
});
