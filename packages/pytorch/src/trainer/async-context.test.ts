import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  DataLoader,
  F,
  nn,
  noGrad,
  optim,
  RandomStream,
  seedEverything,
  setAsyncContext,
  TensorDataset,
  tf,
} from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { nodeAsyncContext } from "@lightning-ts/fabric/node";
import { afterEach, describe, expect, it } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];
type Style = "sync" | "async" | "thenable";

const turn = (ms = 0) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Draws for dropout and noise, and waits in the middle of each step. */
class Net extends LightningModule<Batch> {
  readonly net = new nn.Sequential(new nn.Linear(4, 8), new nn.Dropout(0.5), new nn.Linear(8, 1));
  /** Made before the run, drawn from in it. */
  readonly #noise = RandomStream.named("noise");
  readonly style: Style;
  readonly waits: () => Promise<void>;

  constructor(style: Style = "async", waits: () => Promise<void> = turn) {
    super();
    this.style = style;
    this.waits = waits;
  }

  override trainingStep([x, y]: Batch): tf.Tensor | Promise<tf.Tensor> {
    const hidden = this.net.forward(x).add(this.#noise.normal(0, 0.01));
    // A fused kernel comes first behind the wait: it does not begin as the operations of tfjs do.
    const loss = (): tf.Tensor => F.mseLoss(hidden, y);
    if (this.style === "sync") return loss();
    const later = this.waits().then(loss);
    if (this.style === "async") return later;
    const thenable = { then: later.then.bind(later) };
    return thenable as Promise<tf.Tensor>;
  }

  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: 0.05 });
  }

  get weights(): number[] {
    return this.parameters().flatMap((parameter) => [...parameter.dataSync()]);
  }
}

const ROWS = 12;
const data = () =>
  new DataLoader(
    new TensorDataset(
      tf.buffer<tf.Rank.R2>([ROWS, 4], "float32", RandomStream.fromSeed(1).fillNormal(new Float32Array(4 * ROWS))),
      tf.buffer<tf.Rank.R2>([ROWS, 1], "float32", RandomStream.fromSeed(2).fillNormal(new Float32Array(ROWS))),
    ),
    { batchSize: 2, shuffle: true },
  );

function makeTrainer(backend: string, options: TrainerOptions = {}): Trainer {
  return quietTrainer({ accelerator: cpu({ backend }), maxEpochs: 2, ...options });
}

/** The weights of a run that nobody disturbs. */
async function alone(backend: string, style: Style, seed: number): Promise<number[]> {
  seedEverything(seed);
  const module = new Net(style);
  await makeTrainer(backend).fit(module, data());
  return module.weights;
}

const servers: Server[] = [];
afterEach(async () => {
  setAsyncContext(nodeAsyncContext());
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Answers with numbers that it computes in two turns, and draws. */
async function listen(): Promise<{ readonly ask: () => Promise<string>; readonly kept: tf.Tensor[] }> {
  const kept: tf.Tensor[] = [];
  const weights = tf.variable(tf.ones([3]));
  const server = createServer((_request, response) => {
    void (async () => {
      const half = weights.mul(2).add(1);
      kept.push(half);
      RandomStream.named("dropout").nextUint32();
      await turn();
      response.end(JSON.stringify([...half.square().dataSync()]));
    })();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { ask: async () => (await fetch(`http://127.0.0.1:${port}/`)).text(), kept };
}

/** Asks until the run is over. @returns how many answers there were */
async function askDuring(run: Promise<unknown>, ask: () => Promise<string>): Promise<number> {
  let isOver = false;
  const over = run.finally(() => {
    isOver = true;
  });
  let answers = 0;
  while (!isOver) {
    expect(await ask()).toBe("[9,9,9]");
    answers += 1;
  }
  await over;
  return answers;
}

describe.each(["cpu", "onnxruntime"])("on %s", (backend) => {
  it.each<Style>(["sync", "async", "thenable"])(
    "a server keeps its tensors during a fit whose steps are %s, and changes nothing in it",
    async (style) => {
      const expected = await alone(backend, style, 7);
      const { ask, kept } = await listen();
      seedEverything(7);
      const module = new Net(style);
      const answers = await askDuring(makeTrainer(backend).fit(module, data()), ask);
      expect(answers).toBeGreaterThan(0);
      expect(kept.map((tensor) => tensor.isDisposed)).toEqual(kept.map(() => false));
      expect([...(kept.at(-1)?.dataSync() ?? [])]).toEqual([3, 3, 3]);
      expect(module.weights).toEqual(expected);
      tf.dispose(kept);
    },
  );

  it("a server that a hook has started is not part of the run", async () => {
    let answers: Promise<number> | undefined;
    let kept: tf.Tensor[] = [];
    const module = new Net("async", () => turn(2));
    const serves = new LambdaCallback({
      onTrainStart: async () => {
        const server = await listen();
        ({ kept } = server);
        answers = (async () => {
          for (let count = 0; count < 5; count += 1) expect(await server.ask()).toBe("[9,9,9]");
          return 5;
        })();
      },
    });
    await makeTrainer(backend, { callbacks: serves }).fit(module, data());
    expect(await answers).toBe(5);
    expect(kept.every((tensor) => !tensor.isDisposed)).toBe(true);
  });

  it.each<[Style, Style]>([
    ["async", "async"],
    ["sync", "async"],
    ["sync", "sync"],
  ])("two Trainers at once (%s and %s) each compute what they compute alone", async (first, second) => {
    const expected = [await alone(backend, first, 3), await alone(backend, second, 3)];
    seedEverything(3);
    const a = new Net(first);
    seedEverything(3);
    const b = new Net(second);
    const before = tf.memory().numTensors;
    // Both begin where the streams stand now, as each of them does alone.
    await Promise.all([makeTrainer(backend).fit(a, data()), makeTrainer(backend).fit(b, data())]);
    expect(a.weights).toEqual(expected[0]);
    expect(b.weights).toEqual(expected[1]);
    a.zeroGrad();
    b.zeroGrad();
    expect(tf.memory().numTensors - before).toBeLessThan(60);
  });

  it("a run that fails leaves the other one alone, and nothing behind", async () => {
    const expected = await alone(backend, "async", 5);
    seedEverything(5);
    const good = new Net("async");
    class Bad extends Net {
      override async trainingStep(): Promise<tf.Tensor> {
        await turn(3);
        tf.ones([3]).mul(2);
        throw new Error("no");
      }
    }
    seedEverything(5);
    const [bad, done] = await Promise.allSettled([
      makeTrainer(backend).fit(new Bad(), data()),
      makeTrainer(backend).fit(good, data()),
    ]);
    expect([bad.status, done.status]).toEqual(["rejected", "fulfilled"]);
    expect(good.weights).toEqual(expected);
    expect(await alone(backend, "async", 5)).toEqual(expected);
  });

  it("a task of noGrad, timers and a fit take turns", async () => {
    const expected = await alone(backend, "async", 9);
    const made: tf.Tensor[] = [];
    const timer = setInterval(() => void made.push(tf.ones([2]).mul(3)), 1);
    seedEverything(9);
    const module = new Net("async");
    const evaluates = noGrad(async () => {
      for (let count = 0; count < 10; count += 1) {
        made.push(tf.ones([2]).mul(3));
        await turn();
      }
    });
    await makeTrainer(backend).fit(module, data());
    await evaluates;
    clearInterval(timer);
    expect(module.weights).toEqual(expected);
    expect(made.every((tensor) => !tensor.isDisposed)).toBe(true);
    tf.dispose(made);
  });

  it("what another task draws, or seeds, does not move a run; what a run draws counts afterwards", async () => {
    await alone(backend, "async", 11);
    const next = RandomStream.named("dropout").state();
    const expected = await alone(backend, "async", 11);
    seedEverything(11);
    const module = new Net("async");
    const run = makeTrainer(backend).fit(module, data());
    const meddles = (async () => {
      for (let count = 0; count < 5; count += 1) {
        await turn();
        RandomStream.named("dropout").nextUint32();
        RandomStream.named("noise").nextUint32();
      }
    })();
    await Promise.all([run, meddles]);
    expect(module.weights).toEqual(expected);
    expect(RandomStream.named("dropout").state()).toEqual(next);
  });

  it("a hook that starts another Trainer's run after an await is known to be inside", async () => {
    const expected = await alone(backend, "sync", 13);
    let inner: number[] = [];
    class Outer extends Net {
      override async onTrainBatchStart(_batch: Batch, batchIdx: number): Promise<undefined> {
        await turn();
        if (batchIdx !== 1 || this.currentEpoch !== 0) return;
        const kept = tf.ones([2]);
        seedEverything(13);
        const module = new Net("sync");
        await makeTrainer(backend).fit(module, data());
        inner = module.weights;
        expect(kept.isDisposed).toBe(false);
      }
    }
    const { status } = await makeTrainer(backend).fit(new Outer("async"), data());
    expect(status).toBe("finished");
    expect(inner).toEqual(expected);
  });
});

it.each<[Style, Style]>([
  ["async", "async"],
  ["sync", "async"],
  ["sync", "sync"],
])("a run (%s) whose device fails takes no step of another one (%s) back in silence", async (first, second) => {
  class Labels extends Net {
    override trainingStep([x, y]: Batch): tf.Tensor | Promise<tf.Tensor> {
      const loss = (): tf.Tensor =>
        F.crossEntropy(this.net.forward(x).concat(tf.zeros([2, 2]), 1), tf.cast(y, "int32").flatten());
      return this.style === "sync" ? loss() : turn().then(loss);
    }
  }
  const labelled = (bad: number) =>
    new DataLoader(
      new TensorDataset(
        tf.buffer<tf.Rank.R2>([24, 4], "float32", RandomStream.fromSeed(1).fillNormal(new Float32Array(96))),
        tf.buffer<tf.Rank.R2>(
          [24, 1],
          "float32",
          Float32Array.from({ length: 24 }, (_, i) => (i === bad ? 9 : i % 3)),
        ),
      ),
      { batchSize: 2 },
    );
  seedEverything(3);
  const alone = new Labels(second);
  await makeTrainer("onnxruntime").fit(alone, labelled(-1));
  for (const bad of [0, 7, 20]) {
    seedEverything(3);
    const failing = new Labels(first);
    seedEverything(3);
    const good = new Labels(second);
    const [failed, other] = await Promise.allSettled([
      makeTrainer("onnxruntime").fit(failing, labelled(bad)),
      makeTrainer("onnxruntime").fit(good, labelled(-1)),
    ]);
    expect(failed.status).toBe("rejected");
    if (other.status === "fulfilled") expect(good.weights).toEqual(alone.weights);
    else expect(String(other.reason)).toMatch(/were taken back|out of range/);
  }
});

it("runs at once on different backends are refused, and the first goes on", async () => {
  const expected = await alone("cpu", "async", 17);
  seedEverything(17);
  const module = new Net("async");
  const run = makeTrainer("cpu").fit(module, data());
  await turn(1);
  await expect(makeTrainer("onnxruntime").fit(new Net(), data())).rejects.toMatchObject({
    code: "LIT_SEVERAL_BACKENDS",
  });
  await run;
  expect(module.weights).toEqual(expected);
});

it("runs that start at once on one backend do so, whatever backend the run before had", async () => {
  const expected = await alone("cpu", "async", 17);
  await makeTrainer("onnxruntime").fit(new Net("async"), data());
  seedEverything(17);
  const modules = [new Net("async"), new Net("async")];
  await Promise.all(modules.map((module) => makeTrainer("cpu").fit(module, data())));
  expect(modules[0]?.weights).toEqual(expected);
});

it("nobody outside is taken for a hook that is waiting", async () => {
  const trainer = makeTrainer("cpu");
  const module = new Net("async", () => turn(5));
  const run = trainer.fit(module, data());
  await turn(3);
  await expect(trainer.fit(new Net(), data())).rejects.toMatchObject({ code: "LIT_BUSY" });
  await run;
});

it("without an asynchronous context a second run says that it cannot be", async () => {
  setAsyncContext(undefined);
  const run = makeTrainer("cpu").fit(new Net("async"), data());
  await expect(makeTrainer("cpu").fit(new Net("async"), data())).rejects.toMatchObject({ code: "LIT_ASYNC_CONTEXT" });
  expect((await run).status).toBe("finished");
  expect((await makeTrainer("cpu").fit(new Net("sync"), data())).status).toBe("finished");
});
