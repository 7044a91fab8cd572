import {
  ArrayDataset,
  ConcatDataset,
  DataLoader,
  DatasetError,
  RandomStream,
  seedEverything,
  setThreads,
  StackDataset,
  Subset,
  TensorDataset,
  tf,
  type Dataset,
} from "lightning-ts/core";
import { nodeThreads } from "lightning-ts/fabric/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useBundledWorkers } from "./bundle-workers.js";
import {
  Augmented,
  Counted,
  Faulty,
  lettersLater,
  LoaderInside,
  NoisySquares,
  noteStart,
  OwnBatches,
  setModule,
  Started,
  type Fault,
} from "./datasets.js";

let module = "";

beforeAll(async () => {
  module = await useBundledWorkers();
  setModule(module);
});
afterAll(() => setThreads(nodeThreads()));

async function all<TBatch>(loader: AsyncIterable<TBatch>): Promise<TBatch[]> {
  const batches: TBatch[] = [];
  for await (const batch of loader) batches.push(batch);
  return batches;
}

async function errorOf(loader: AsyncIterable<unknown>): Promise<Error> {
  try {
    await all(loader);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("Nothing went wrong.");
}

class Closed implements Dataset<number> {
  readonly length = 3;

  get(index: number): number {
    return index;
  }
}

/** A dataset that does not say how workers make it. */
const closed: Dataset<number> = { length: 3, get: (index) => index };

describe("batches of workers", () => {
  it("come in order, from all workers in turn, the same for any number of them", async () => {
    seedEverything(7);
    const run = async (numWorkers: number) =>
      all(new DataLoader(new NoisySquares(10), { batchSize: 3, shuffle: true, seed: 1, numWorkers }));
    const [one, three, none] = [await run(1), await run(3), await run(0)];
    const numbersOf = (batches: typeof one) =>
      batches.map(({ square, noise }) => [[...square.values], [...noise.values]]);
    expect(numbersOf(three)).toEqual(numbersOf(one));
    expect(three.map(({ worker }) => worker.values[0])).toEqual([0, 1, 2, 0]);
    expect(three.at(-1)?.square.shape).toEqual([1]);
    expect(none.map(({ square }) => [...square.values])).toEqual(three.map(({ square }) => [...square.values]));
  });

  it("have the random numbers of their items that they have without workers", async () => {
    seedEverything(7);
    const numbers = async (numWorkers: number) =>
      (await all(new DataLoader(new Augmented(), { batchSize: 2, shuffle: true, seed: 4, numWorkers }))).map(
        ({ values }) => [...values],
      );
    expect(await numbers(2)).toEqual(await numbers(0));
  });

  it("draw other random numbers in another epoch and for another seed, and none of this process's", async () => {
    const noiseOf = async (loader: DataLoader<{ noise: number }>) =>
      (await all(loader)).map(({ noise }) => noise.values[0]);
    seedEverything(7);
    const before = RandomStream.named("noise").state();
    const loader = new DataLoader(new NoisySquares(2), { numWorkers: 1, persistentWorkers: true });
    const [first, second] = [await noiseOf(loader), await noiseOf(loader)];
    loader.setEpoch(0);
    const again = await noiseOf(loader);
    expect(RandomStream.named("noise").state()).toEqual(before);
    seedEverything(8);
    loader.setEpoch(0);
    const other = await noiseOf(loader);
    await loader.shutdownWorkers();
    expect(again).toEqual(first);
    expect(new Set([...first, ...second, ...other]).size).toBe(6);
  });

  it("go on exactly after a position was restored", async () => {
    seedEverything(7);
    const make = () => new DataLoader(new NoisySquares(12), { batchSize: 2, shuffle: true, seed: 3, numWorkers: 2 });
    const whole = await all(make());
    const loader = make();
    const iterator = loader[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i += 1) await iterator.next();
    const state = loader.state();
    await iterator.return();
    const resumed = make();
    resumed.restore(state);
    expect(state.position).toBe(3);
    const rest = await all(resumed);
    expect(rest.map(({ noise }) => [...noise.values])).toEqual(whole.slice(3).map(({ noise }) => [...noise.values]));
  });

  it("are collated by the loader's own function, here", async () => {
    const collate = (items: { square: number }[]) => items.map(({ square }) => square).join("+");
    const loader = new DataLoader(new NoisySquares(5), { batchSize: 2, numWorkers: 2, collate });
    expect(await all(loader)).toEqual(["0+1", "4+9", "16"]);
  });

  it("are those that the dataset itself makes, whose memory stays its own", async () => {
    const loader = new DataLoader(new OwnBatches(), { batchSize: 2, numWorkers: 1 });
    expect(await all(loader)).toEqual(
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ].map((indices) => ({ indices, kept: new Float32Array([7, 7]) })),
    );
  });

  it("come from datasets of the package, whatever they hold", async () => {
    const columns = new TensorDataset(
      tf.buffer<tf.Rank.R2>(
        [4, 2],
        "float32",
        Float32Array.from({ length: 8 }, (_, i) => i),
      ),
      Uint8Array.from([9, 8, 7, 6]),
      tf.buffer<tf.Rank.R1, "string">([4], "string", ["a", "b", "c", "d"]),
    );
    const words = new ArrayDataset([{ word: "one" }, { word: "two" }, { word: "three" }, { word: "four" }]);
    const stacked = new StackDataset({ columns: new Subset(columns, [3, 1, 0, 2]), word: new ConcatDataset([words]) });
    const of = async (numWorkers: number) =>
      (await all(new DataLoader(stacked, { batchSize: 3, numWorkers }))).map(({ columns: parts, word }) => [
        parts.map(({ values, dtype, shape }) => [[...values], dtype, shape]),
        word,
      ]);
    const [here, there] = [await of(0), await of(2)];
    expect(there).toEqual(here);
    expect(columns.get(2)[0].values).toEqual(new Float32Array([4, 5]));
  });

  it("come from what a function makes, also later", async () => {
    const letters = {
      length: 3,
      get: (i: number) => "abc".charAt(i),
      workerSource: { module, name: lettersLater.name, args: ["abc"] },
    };
    expect(await all(new DataLoader(letters, { numWorkers: 2 }))).toEqual([["a"], ["b"], ["c"]]);
  });
});

describe("workers", () => {
  it("call workerInitFn once each, before anything else", async () => {
    const loader = new DataLoader(new Started(), { numWorkers: 2, workerInitFn: { module, name: noteStart.name } });
    expect(await all(loader)).toEqual([["0: 0"], ["1: 1"], ["0: 0"], ["1: 1"]]);
  });

  it("are made anew for each epoch, or kept if they are persistent, until they are shut down", async () => {
    for (const persistentWorkers of [false, true]) {
      const threads = new Set<unknown>();
      const loader = new DataLoader(new Started(), {
        numWorkers: 1,
        workerInitFn: { module, name: noteStart.name },
        persistentWorkers,
      });
      const count = async () => (await all(loader)).at(-1);
      threads.add(await count()).add(await count());
      await loader.shutdownWorkers();
      expect(await count()).toEqual(["0: 0"]);
      await loader.shutdownWorkers();
    }
  });

  it("serve two iterations of one loader at a time", async () => {
    const loader = new DataLoader(new NoisySquares(6), { numWorkers: 1, persistentWorkers: true });
    const both = await Promise.all([all(loader), all(loader)]);
    await loader.shutdownWorkers();
    const squares = both.map((batches) => batches.map(({ square }) => square.values[0]));
    expect(squares).toEqual([
      [0, 1, 4, 9, 16, 25],
      [0, 1, 4, 9, 16, 25],
    ]);
  });

  it("end when the loop is left early", async () => {
    const loader = new DataLoader(new NoisySquares(100), { numWorkers: 2 });
    for await (const { square } of loader) if (square.values[0] === 16) break;
    expect(loader.state().position).toBe(5);
    expect(process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length).toBeLessThanOrEqual(1);
  });
});

describe("an error in a worker", () => {
  const faulty = (fault: Fault, options = {}) =>
    new DataLoader(new Faulty(fault), { batchSize: 2, numWorkers: 2, ...options });

  it.each([
    ["throw", "The dataset failed at index 5 in worker 0 of 2. TypeError: no such picture", 5],
    ["reject", "The dataset failed at index 5 in worker 0 of 2. Error: the disk is gone", 5],
    ["range", "The dataset failed at index 5 in worker 0 of 2. DatasetError: my own error", 5],
    ["exit", "Worker 0 of 2 ended: it exited with code 3 while it made the batch of the indices 4, 5, at index 5.", 5],
    [
      "uncaught",
      "Worker 0 of 2 ended: it threw outside of its requests: nobody waits for this while it made",
      undefined,
    ],
    ["class", "The batch of the indices 4, 5 could not be made in worker 0 of 2.", undefined],
  ] as const)("names index and worker: %s", async (fault, message, index) => {
    const error = await errorOf(faulty(fault));
    expect(error).toBeInstanceOf(DatasetError);
    expect(error).toMatchObject({ code: "LIT_DATASET", worker: 0, index });
    expect(error.message).toContain(message);
  });

  it("has the worker's stack as its cause", async () => {
    const { cause } = await errorOf(faulty("throw"));
    expect(cause).toMatchObject({ name: "TypeError", message: "no such picture" });
    expect(String(Object(cause).stack)).toContain("Faulty.get");
  });

  it("comes within the timeout where a worker loops", async () => {
    const began = performance.now();
    const error = await errorOf(faulty("loop", { timeout: 1.5 }));
    expect(error.message).toContain(
      "Worker 0 of 2 gave no answer for 1.5 s while it made the batch of the indices 4, 5, at index 5.",
    );
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it("is no timeout when this thread was busy while the answers came", async () => {
    const loader = new DataLoader(new NoisySquares(8), { numWorkers: 1, timeout: 2 });
    let batches = 0;
    for await (const { square } of loader) {
      batches += square.size;
      if (batches === 2) for (const end = Date.now() + 2500; Date.now() < end;);
    }
    expect(batches).toBe(8);
  });

  it("names the worker whose memory ended", async () => {
    const error = await errorOf(faulty("memory"));
    expect(error.message).toContain(
      "Worker 0 of 2 ended: it ran out of memory while it made the batch of the indices 4, 5, at index 5.",
    );
    expect(error).toMatchObject({ worker: 0, index: 5 });
  }, 60_000);

  it("names a worker that was still running out of memory at the timeout", async () => {
    const error = await errorOf(faulty("growth", { timeout: 2 }));
    expect(error.message).toMatch(
      /^Worker 0 of 2 gave no answer for 2 s while .* at index 5. It was running out of memory: it held \d+ MB/,
    );
    expect(error).toMatchObject({ worker: 0, index: 5 });
  });

  it("leaves persistent workers usable, and dead ones are replaced", async () => {
    for (const fault of ["throw", "exit"] as const) {
      const loader = faulty(fault, { persistentWorkers: true });
      const [first, second] = [await errorOf(loader), await errorOf(loader)];
      await loader.shutdownWorkers();
      expect(second.message).toBe(first.message);
    }
  });
});

describe("what workers cannot do is refused", () => {
  it.each([
    ["a dataset without workerSource", closed, /Worker threads cannot make this .*workerSource/],
    ["one inside another", new Subset(new Closed(), [1]), /Worker threads cannot make this .*workerSource/],
    [
      "a subclass that inherits a source",
      new (class Own extends ArrayDataset<number> {})([1, 2]),
      /cannot make this Own/,
    ],
    [
      "a tensor among the arguments",
      { ...closed, workerSource: { module: import.meta.url, args: [() => 1] } },
      /An argument of .* cannot pass between threads.*the function/,
    ],
    ["a name that is no URL", { ...closed, workerSource: { module: "./here.js" } }, /does not name a module/],
  ])("%s", async (_, dataset, message) => {
    const error = await errorOf(new DataLoader<number>(dataset, { numWorkers: 1 }));
    expect(error).toMatchObject({ code: "LIT_MISCONFIGURATION" });
    expect(error.message).toMatch(message);
  });

  it("a function as workerInitFn", async () => {
    const options = { numWorkers: 1, workerInitFn: () => undefined };
    const error = await errorOf(Reflect.construct(DataLoader, [new NoisySquares(2), options]));
    expect(error.message).toMatch(/workerInitFn does not name a module.*a file of its own for the function/);
  });

  it("workers inside workers", async () => {
    const error = await errorOf(new DataLoader(new LoaderInside(), { numWorkers: 1 }));
    expect(error.message).toMatch(/A DataLoader inside a worker of another one cannot have workers/);
  });

  it("a module without that export, and one that is not there", async () => {
    const at = (name: string, url = module) => ({ ...closed, workerSource: { module: url, name } });
    const missing = await errorOf(new DataLoader(at("Missing"), { numWorkers: 1 }));
    expect(missing.message).toMatch(
      /Worker 0 of 1 failed while it made its dataset.*class or function Missing.*Counted/,
    );
    const nowhere = await errorOf(new DataLoader(at("Any", "file:///nowhere/at-all.mjs"), { numWorkers: 1 }));
    expect(nowhere.message).toMatch(/Worker 0 of 1 failed while it made its dataset.*nowhere/);
    const notEqual = { ...closed, workerSource: { module, name: "NoisySquares", args: [4] } };
    expect((await errorOf(new DataLoader(notEqual, { numWorkers: 1 }))).message).toMatch(/length of 3.*Received 4/);
  });

  it.each([{ prefetchFactor: 2 }, { persistentWorkers: true }, { timeout: 3 }])("%o without workers", (options) => {
    expect(() => new DataLoader([1, 2], options)).toThrow(/about worker threads, and it has none/);
  });

  it.each([
    { numWorkers: -1 },
    { numWorkers: 1.5 },
    { numWorkers: 1, prefetchFactor: 0 },
    { numWorkers: 1, timeout: -1 },
  ])("%o", (options) => {
    expect(() => new DataLoader([1, 2], options)).toThrow(/is not usable\. Expected/);
  });
});

describe("an iterable dataset in workers", () => {
  const valuesOf = async (loader: DataLoader<number>) => (await all(loader)).map(({ values }) => [...values]);

  it("is read part by part, in turn, to the end of the longest part", async () => {
    const loader = new DataLoader(new Counted(11), { batchSize: 2, numWorkers: 3 });
    expect(await valuesOf(loader)).toEqual([[0, 3], [1, 4], [2, 5], [6, 9], [7, 10], [8]]);
    const one = new DataLoader(new Counted(5), { batchSize: 2, numWorkers: 1 });
    expect(await valuesOf(one)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it("goes on where it was, in each worker", async () => {
    const make = () => new DataLoader(new Counted(20), { batchSize: 2, numWorkers: 2 });
    const whole = await valuesOf(make());
    for (const taken of [1, 2, 5, 9]) {
      const loader = make();
      const iterator = loader[Symbol.asyncIterator]();
      for (let i = 0; i < taken; i += 1) await iterator.next();
      const state = structuredClone(loader.state());
      await iterator.return();
      const resumed = make();
      resumed.restore(state);
      expect(await valuesOf(resumed)).toEqual(whole.slice(taken));
    }
    const other = new DataLoader(new Counted(20), { batchSize: 2, numWorkers: 3 });
    const iterator = make()[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return();
    expect(other.length).toBe(10);
  });

  it("that every worker would read as a whole is refused", async () => {
    const error = await errorOf(new DataLoader(new Counted(6, false), { numWorkers: 2 }));
    expect(error.message).toMatch(/Each of the 2 workers would read the whole iterable dataset.*workerInfo\(\)/);
  });

  it("goes on only with as many workers", async () => {
    const loader = new DataLoader(new Counted(20), { batchSize: 2, numWorkers: 2 });
    const iterator = loader[Symbol.asyncIterator]();
    await iterator.next();
    const other = new DataLoader(new Counted(20), { batchSize: 2, numWorkers: 1 });
    other.restore(loader.state());
    await iterator.return();
    expect((await errorOf(other)).message).toMatch(/as many workers.*numWorkers: 2.*numWorkers: 1/);
  });
});
