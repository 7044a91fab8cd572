import { DataLoader, F, nn, optim, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { Callback } from "../contract/callback.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { LightningModule } from "../contract/lightning-module.js";
import { HookError } from "../errors/hook-error.js";
import { Trainer } from "./trainer.js";

type Batch = [x: tf.Tensor2D];

/** Uses everything that a module can define, so that each of its methods is called in a scenario. */
class Net extends LightningModule<Batch> {
  readonly layer = new nn.Linear(4, 2);

  loss([x]: Batch): tf.Tensor {
    const output = this.layer.forward(x);
    return F.mseLoss(output, tf.onesLike(output));
  }
  override trainingStep(batch: Batch) {
    const loss = this.loss(batch);
    this.log("loss", loss);
    return loss;
  }
  override validationStep(batch: Batch) {
    this.log("val_loss", this.loss(batch));
  }
  override testStep(batch: Batch) {
    this.log("test_loss", this.loss(batch));
  }
  override predictStep([x]: Batch): tf.Tensor {
    return this.layer.forward(x);
  }
  override configureOptimizers() {
    const optimizer = new optim.SGD(this.parameters(), { lr: 0.01 });
    return [[optimizer], [new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 })]] as const;
  }
  override trainDataloader() {
    return loader();
  }
  override valDataloader() {
    return loader();
  }
  override testDataloader() {
    return loader();
  }
  override predictDataloader() {
    return loader();
  }
}

class Data extends LightningDataModule {
  override trainDataloader() {
    return loader();
  }
  override valDataloader() {
    return loader();
  }
  override testDataloader() {
    return loader();
  }
  override predictDataloader() {
    return loader();
  }
  override stateDict() {
    return { shard: 3 };
  }
}

class Watch extends Callback {
  override stateDict() {
    return { seen: 1 };
  }
}

const loader = () => new DataLoader(randomDataset({ length: 4, features: 4 }), { batchSize: 2 });

/** What is no hook: the user calls it, or it is a part of the module. */
const NOT_CALLED: Readonly<Record<string, readonly string[]>> = {
  Net: [
    ...["loss", "forward", "log", "logDict", "manualBackward", "clipGradients", "optimizers", "lrSchedulers"],
    ...["toggleOptimizer", "untoggleOptimizer", "print", "freeze", "unfreeze", "saveHyperparameters", "loadCheckpoint"],
    ...["toggledOptimizer", "toOnnx"],
  ],
  Data: ["saveHyperparameters", "describe"],
  Watch: ["log", "logDict"],
};
/** Of core's modules, these are called by the Trainer. */
const INHERITED = { Net: ["stateDict", "loadStateDict"], Data: [], Watch: [] };

const OWNERS = { Net, Data, Watch };
type OwnerName = keyof typeof OWNERS;

function methodsOf(name: OwnerName): string[] {
  const names = new Set<string>(INHERITED[name]);
  for (const level of [OWNERS[name].prototype, Object.getPrototypeOf(OWNERS[name].prototype) as object])
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level)))
      if (typeof value === "function" && key !== "constructor") names.add(key);
  return [...names].filter((key) => !NOT_CALLED[name]?.includes(key));
}

type Behaviour = "works" | "throws" | "rejects" | "refuses" | "waits";

/** An object of a class whose method behaves as it is told; `calls` counts. */
class Probe {
  behaviour: Behaviour = "works";
  calls = 0;
  /** Methods that were called while the one that waits had not ended. */
  readonly tooEarly: string[] = [];
  #isWaiting = false;

  constructor(readonly method: string) {}

  /** A subclass whose every method tells this probe of its calls. */
  watch<TClass extends new () => object>(base: TClass, methods: readonly string[], isOwner: boolean): TClass {
    const Watched = class extends (base as new () => object) {};
    const call = (name: string, original: () => unknown): unknown => {
      if (this.#isWaiting) this.tooEarly.push(name);
      if (!isOwner || name !== this.method) return original();
      this.calls += 1;
      return this.#behave(original);
    };
    for (const name of methods) {
      const original = Reflect.get(base.prototype, name) as (...args: unknown[]) => unknown;
      Object.defineProperty(Watched.prototype, name, {
        value(this: unknown, ...args: unknown[]) {
          return call(name, () => original.apply(this, args));
        },
      });
    }
    return Object.defineProperty(Watched as TClass, "name", { value: base.name });
  }

  #behave(original: () => unknown): unknown {
    const later = (end: () => void) => {
      this.#isWaiting = true;
      setTimeout(() => {
        this.#isWaiting = false;
        end();
      }, 1);
    };
    if (this.behaviour === "works") return original();
    if (this.behaviour === "throws") throw new Error("boom");
    if (this.behaviour === "rejects") return new Promise((_, reject) => later(() => reject(new Error("boom"))));
    if (this.behaviour === "refuses")
      return { then: (_: unknown, reject: (error: Error) => void) => later(() => reject(new Error("boom"))) };
    const result = original();
    return {
      then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) =>
        Promise.resolve(result).then((value) => later(() => resolve(value)), reject),
    };
  }
}

/** Fits, resumes, validates, tests and predicts, with an object of each kind. */
async function scenario(owner: OwnerName, probe: Probe, failing?: Probe): Promise<void> {
  const make = <TClass extends new () => object>(base: TClass) => {
    const name = base.name as OwnerName;
    return new (probe.watch(base, methodsOf(name), name === owner))() as InstanceType<TClass>;
  };
  const module = failing === undefined ? make(Net) : new (failing.watch(Net, [failing.method], true))();
  const [callback, files] = [make(Watch), new MemoryFiles()];
  const datamodule = owner === "Data" ? { datamodule: make(Data) } : {};
  const trainerFor = (maxEpochs: number) =>
    new Trainer({
      accelerator: cpu({ backend: "cpu" }),
      maxEpochs,
      gradientClipVal: 1,
      logger: false,
      enableProgressBar: false,
      enableModelSummary: false,
      callbacks: [callback, new ModelCheckpoint({ dirpath: "/checkpoints", saveLast: true })],
      ports: { files, terminal: new FakeTerminal() },
    });
  let trainer = trainerFor(1);
  const before = tf.memory().numTensors;
  try {
    await trainer.fit(module, datamodule);
    trainer = trainerFor(2);
    await trainer.fit(module, { ...datamodule, ckptPath: "last" });
    await trainer.validate(module, { ...datamodule, verbose: false });
    await trainer.test(module, { ...datamodule, verbose: false });
    await trainer.predict(module, { ...datamodule, returnPredictions: false });
  } catch (error) {
    expect(trainer).toMatchObject({ status: "interrupted", stage: undefined, runningStage: undefined });
    if (module.isAttached) expect(() => module.log("outside", 1)).toThrow("outside of every hook");
    for (const one of [probe, failing]) if (one !== undefined) one.behaviour = "works";
    expect((await trainer.fit(module, datamodule)).status).toBe("finished");
    throw error;
  }
  expect(tf.memory().numTensors - before).toBeLessThan(20);
}

const CASES = (["Net", "Data", "Watch"] as const).flatMap((owner) =>
  methodsOf(owner).map((method) => ({ owner, method, name: `${owner}.${method}` })),
);
/** These come only when a run has failed. */
const ON_FAILURE = ["onException"];

describe.each(CASES.filter(({ method }) => !ON_FAILURE.includes(method)))("$name", ({ owner, method }) => {
  it("is waited for when it returns a thenable", async () => {
    const probe = new Probe(method);
    probe.behaviour = "waits";
    await scenario(owner, probe);
    expect(probe.calls).toBeGreaterThan(0);
    expect(probe.tooEarly).toEqual([]);
  });

  it.each(["throws", "rejects", "refuses"] as const)("is named, with the position, when it %s", async (behaviour) => {
    const probe = new Probe(method);
    probe.behaviour = behaviour;
    const error: unknown = await scenario(owner, probe).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const failure = error instanceof AggregateError ? error.errors[0] : error;
    expect(failure).toBeInstanceOf(HookError);
    expect(failure).toMatchObject({ hook: `${owner}.${method}`, cause: new Error("boom") });
    expect(String(failure)).toMatch(/ failed at .*epoch \d.*: boom/);
  });
});

describe.each(["Data", "Watch"] as const)("%s.onException", (owner) => {
  it.each(["throws", "rejects", "refuses"] as const)(
    "is named beside what failed first when it %s",
    async (behaviour) => {
      const probe = new Probe("onException");
      probe.behaviour = behaviour;
      const failing = new Probe("onTrainStart");
      failing.behaviour = "throws";
      const error: unknown = await scenario(owner, probe, failing).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(AggregateError);
      expect(error).toMatchObject({
        errors: [
          expect.objectContaining({ hook: "Net.onTrainStart" }),
          expect.objectContaining({ hook: `${owner}.onException` }),
        ],
      });
    },
  );
});
