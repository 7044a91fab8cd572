import {
  DataLoader,
  F,
  nn,
  optim,
  RandomStream,
  seedEverything,
  tensorScope,
  TensorDataset,
  tf,
  backward,
  toDevice,
} from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { Trainer } from "./trainer.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

const [BATCHES, BATCH_SIZE, CLASSES, BAD] = [6, 4, 3, 4];

const MAKERS: Readonly<Record<string, (params: nn.Module) => optim.Optimizer>> = {
  RMSprop: (net) => new optim.RMSprop(net.parameters(), { momentum: 0.5, centered: true }),
  Adagrad: (net) => new optim.Adagrad(net.parameters(), { lrDecay: 0.1 }),
  Adadelta: (net) => new optim.Adadelta(net.parameters()),
  NAdam: (net) => new optim.NAdam(net.parameters()),
  RAdam: (net) => new optim.RAdam(net.parameters(), { betas: [0.9, 0.7] }),
  Adamax: (net) => new optim.Adamax(net.namedParameters()),
  ASGD: (net) => new optim.ASGD(net.parameters(), { t0: 2 }),
  Rprop: (net) => new optim.Rprop(net.parameters()),
  Adafactor: (net) => new optim.Adafactor(net.parameters()),
  Muon: (net) => new optim.Muon(net.parameters().filter(({ rank }) => rank === 2)),
  LBFGS: (net) => new optim.LBFGS(net.parameters(), { lineSearchFn: "strong_wolfe", maxIter: 3 }),
};

class Net extends LightningModule<Batch> {
  readonly body = new nn.Sequential(new nn.Linear(6, 5), new nn.Tanh(), new nn.Linear(5, CLASSES));
  steps = 0;

  constructor(
    readonly kind: string,
    readonly isAsync = false,
  ) {
    super();
  }

  override trainingStep([x, y]: Batch): tf.Tensor | Promise<tf.Tensor> {
    this.steps += 1;
    const loss = F.crossEntropy(this.body.forward(x), y);
    return this.isAsync ? Promise.resolve(loss) : loss;
  }

  override configureOptimizers() {
    const make = MAKERS[this.kind];
    if (make === undefined) throw new Error(this.kind);
    return make(this);
  }

  weights() {
    return [...this.stateDict()].map(([name, tensor]) => [name, [...tensor.dataSync()]]);
  }
}

function loader({ isBad = false } = {}) {
  const stream = RandomStream.fromSeed(1, "rows");
  const rows = BATCHES * BATCH_SIZE;
  const labels = Int32Array.from({ length: rows }, () => stream.integer(CLASSES));
  const x = tf.buffer<tf.Rank.R2>([rows, 6], "float32", stream.fillNormal(new Float32Array(rows * 6)));
  if (isBad) labels[BAD * BATCH_SIZE + 2] = CLASSES;
  return new DataLoader(new TensorDataset(x, labels), { batchSize: BATCH_SIZE });
}

const ports = { files: new MemoryFiles(), terminal: new FakeTerminal() };

function trainerWith(options: TrainerOptions = {}) {
  const quiet = { logger: false, enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false };
  return new Trainer({ accelerator: cpu({ backend: "onnxruntime" }), maxEpochs: 1, ...quiet, ports, ...options });
}

function seeded(kind: string, isAsync = false) {
  seedEverything(7);
  return new Net(kind, isAsync);
}

describe.each(Object.keys(MAKERS))("a run with %s", (kind) => {
  it("goes on from a checkpoint bit by bit", async () => {
    const whole = seeded(kind);
    await trainerWith({ maxEpochs: 2 }).fit(whole, loader());
    const first = seeded(kind);
    const trainer = trainerWith();
    await trainer.fit(first, loader());
    const path = `/${kind}.ckpt`;
    await trainer.saveCheckpoint(path);
    seedEverything(99);
    const resumed = new Net(kind);
    await trainerWith({ maxEpochs: 2 }).fit(resumed, loader(), undefined, { ckptPath: path });
    expect(resumed.weights()).toEqual(whole.weights());
    expect(resumed.weights()).not.toEqual(first.weights());
  });

  it("leaves no trace of a step that could not be computed", async () => {
    const failed = seeded(kind);
    const trainer = trainerWith();
    await expect(trainer.fit(failed, loader({ isBad: true }))).rejects.toThrow("out of range");
    const clean = seeded(kind);
    await trainerWith({ maxSteps: BAD }).fit(clean, loader());
    expect(trainer.globalStep).toBe(BAD);
    expect(failed.weights()).toEqual(clean.weights());
    // LBFGS reads within its step, and what a batch has read by then stays: the run goes on behind the bad batch.
    if (kind === "LBFGS") return;
    const path = `/failed-${kind}.ckpt`;
    await trainer.saveCheckpoint(path);
    const [resumed, whole] = [new Net(kind), seeded(kind)];
    await trainerWith().fit(resumed, loader(), undefined, { ckptPath: path });
    await trainerWith().fit(whole, loader());
    expect(resumed.weights()).toEqual(whole.weights());
  });
});

describe("LBFGS under a Trainer", () => {
  it.each([false, true])("computes what a loop of one's own computes (asynchronous steps: %s)", async (isAsync) => {
    const model = seeded("LBFGS", isAsync);
    const hooks: string[] = [];
    model.onBeforeOptimizerStep = () => void hooks.push("step");
    model.onBeforeZeroGrad = () => void hooks.push("zero");
    const trainer = trainerWith();
    await trainer.fit(model, loader());

    const own = seeded("LBFGS");
    const optimizer = own.configureOptimizers();
    for await (const batch of loader()) {
      using _scope = tensorScope();
      const [x, y] = toDevice(batch);
      optimizer.step(() => {
        own.steps += 1;
        optimizer.zeroGrad();
        const loss = F.crossEntropy(own.body.forward(x), y);
        backward(loss);
        return loss;
      });
    }
    expect(model.weights()).toEqual(own.weights());
    expect(model.steps).toBe(own.steps);
    expect(model.steps).toBeGreaterThan(2 * BATCHES);
    expect(hooks.filter((hook) => hook === "step")).toHaveLength(model.steps);
    expect(hooks.filter((hook) => hook === "zero")).toHaveLength(model.steps);
    expect(trainer.globalStep).toBe(BATCHES);
  });

  it("says what it cannot do", async () => {
    const accumulating = trainerWith({ accumulateGradBatches: 2 }).fit(seeded("LBFGS"), loader());
    await expect(accumulating).rejects.toThrow("accumulateGradBatches of 1");
    const model = seeded("LBFGS");
    model.trainingStep = () => JSON.parse("null");
    await expect(trainerWith().fit(model, loader())).rejects.toThrow("LBFGS asks for the loss several times a step");
  });
});
