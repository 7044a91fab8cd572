import { nn, optim, randomState, seedEverything, type tf } from "@lightning-ts/core";
import { CSVLogger, SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningDataModule } from "./lightning-data-module.js";
import type { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { HyperparameterRecord } from "./hparams.js";
import { LightningModule } from "./lightning-module.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

interface NetOptions {
  readonly features: number;
  readonly lr: number;
  readonly name?: string;
}

class Net extends LightningModule<[x: tf.Tensor2D], NetOptions> {
  readonly layer: nn.Linear;
  constructor(options: NetOptions) {
    super();
    this.saveHyperparameters(options);
    this.layer = new nn.Linear(options.features, 1);
  }
  override trainingStep([x]: [x: tf.Tensor2D]) {
    return this.layer.forward(x).square().mean();
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: this.hparams.lr });
  }
}

const loader = () => [randomDataset({ length: 4, features: 3 }).getBatch([0, 1])];

function makeTrainer(files: MemoryFiles, options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 1, ports: { files, terminal: new FakeTerminal() }, ...options });
}

describe("saveHyperparameters", () => {
  it("keeps what it is given, leaves out what is ignored, and remembers the first values", () => {
    const net = new Net({ features: 3, lr: 0.1 });
    net.saveHyperparameters({ name: "a", lr: 0.2 }, { ignore: "name" });
    expect({ ...net.hparams }).toEqual({ features: 3, lr: 0.2 });
    Object.assign(net.hparams, { lr: 9 });
    expect(net.hparamsInitial.lr).toBe(0.2);
  });

  it("remembers what was inside values, and gives copies of it", () => {
    const layers = { sizes: [1, 2], norm: { eps: 1 }, at: new Date(0), init: Math.sin };
    const record = new HyperparameterRecord<{ layers: typeof layers; self?: object }>();
    const self: { inner?: object } = {};
    self.inner = self;
    record.save({ layers, self }, {});
    layers.sizes.push(3);
    layers.norm.eps = 9;
    layers.at.setTime(5);
    expect(record.initial.layers).toEqual({ sizes: [1, 2], norm: { eps: 1 }, at: new Date(0), init: Math.sin });
    record.initial.layers.sizes.push(4);
    expect(record.initial.layers.sizes).toEqual([1, 2]);
    expect(record.current.layers).toBe(layers);
  });

  it("of a subclass leave out what the base class saved", () => {
    class Small extends Net {
      constructor(options: NetOptions) {
        super(options);
        this.saveHyperparameters(options, { ignore: ["name"] });
      }
    }
    const net = new Small({ features: 3, lr: 0.1, name: "secret" });
    expect({ ...net.hparams }).toEqual({ features: 3, lr: 0.1 });
    expect({ ...net.hparamsInitial }).toEqual({ features: 3, lr: 0.1 });
    expect(net.hyperparameterRecord.forLoggers()).toEqual({ features: 3, lr: 0.1 });
  });

  it("refuses values without names", () => {
    expect(() => new HyperparameterRecord<object>().save([1, 2], {})).toThrow(/values by name/);
  });

  it("keeps out of checkpoints what cannot be stored", () => {
    const record = new HyperparameterRecord<object>();
    record.save({ lr: 0.1, make: () => 1, missing: undefined, sizes: [1, { deep: Number.NaN }] }, {});
    expect(record.forCheckpoint()).toEqual({
      values: { lr: 0.1, sizes: [1, { deep: Number.NaN }] },
      dropped: ["make"],
      secrets: [],
    });
  });
});

describe("hyperparameters of a run", () => {
  it("go to the loggers of module and data module together", async () => {
    const files = new MemoryFiles();
    const data = new LightningDataModule<unknown, { batchSize: number }>();
    data.saveHyperparameters({ batchSize: 2 });
    data.trainDataloader = loader;
    await makeTrainer(files, { logger: new CSVLogger({ saveDir: "/logs", files }) }).fit(
      new Net({ features: 3, lr: 0.1 }),
      { datamodule: data },
    );
    expect(new TextDecoder().decode(await files.readFile("/logs/lightning_logs/version_0/hparams.yaml"))).toBe(
      "batchSize: 2\nfeatures: 3\nlr: 0.1\n",
    );
  });

  it("must not disagree", async () => {
    const data = new LightningDataModule<unknown, { lr: number }>();
    data.saveHyperparameters({ lr: 7 });
    data.trainDataloader = loader;
    const files = new MemoryFiles();
    await expect(
      makeTrainer(files, { logger: new CSVLogger({ saveDir: "/logs", files }) }).fit(
        new Net({ features: 3, lr: 0.1 }),
        { datamodule: data },
      ),
    ).rejects.toThrow(/different values for lr/);
  });
});

describe("loadFromCheckpoint", () => {
  const save = async () => {
    const files = new MemoryFiles();
    const net = new Net({ features: 3, lr: 0.1, name: "first" });
    const trainer = makeTrainer(files);
    await trainer.fit(net, loader());
    await trainer.saveCheckpoint("/net.ckpt");
    return { net, store: new SafetensorsCheckpointStore(files) };
  };

  it("makes the module again, with its hyperparameters and weights, and leaves random numbers alone", async () => {
    const { net, store } = await save();
    seedEverything(5);
    const before = randomState();
    const loaded = await Net.loadFromCheckpoint("/net.ckpt", { store });
    expect(randomState()).toEqual(before);
    expect(loaded).toBeInstanceOf(Net);
    expect({ ...loaded.hparams }).toEqual({ features: 3, lr: 0.1, name: "first" });
    expect(await loaded.layer.weight.data()).toEqual(await net.layer.weight.data());
  });

  it("lets hyperparameters be replaced", async () => {
    const { store } = await save();
    expect((await Net.loadFromCheckpoint("/net.ckpt", { store, hparams: { lr: 5 } })).hparams.lr).toBe(5);
  });

  it("loads weights into a module that is there", async () => {
    const { net, store } = await save();
    const other = new Net({ features: 3, lr: 1 });
    await other.loadCheckpoint("/net.ckpt", { store });
    expect(await other.layer.bias?.data()).toEqual(await net.layer.bias?.data());
  });

  it("is strict unless told otherwise", async () => {
    const { store } = await save();
    class Larger extends Net {
      readonly second = new nn.Linear(1, 1);
    }
    await expect(Larger.loadFromCheckpoint("/net.ckpt", { store })).rejects.toThrow(/second\.weight/);
    expect(await Larger.loadFromCheckpoint("/net.ckpt", { store, strict: false })).toBeInstanceOf(Larger);
  });

  it("says which hyperparameters it had when the constructor fails", async () => {
    const { store } = await save();
    class Needs extends Net {
      constructor(options: NetOptions & { readonly vocabulary: readonly string[] }) {
        super({ ...options, name: String(options.vocabulary.length) });
      }
    }
    await expect(Needs.loadFromCheckpoint("/net.ckpt", { store })).rejects.toThrow(
      /Needs cannot be constructed.*\{ features, lr, name \}.*hparams/s,
    );
  });
});

interface RemoteOptions extends NetOptions {
  readonly apiKey: string | undefined;
}

class Remote extends Net {
  readonly apiKey: string | undefined;
  constructor(options: RemoteOptions) {
    super(options);
    this.apiKey = options.apiKey;
    this.saveHyperparameters(options);
  }
}

class Open extends Remote {
  constructor(options: RemoteOptions) {
    super(options);
    this.saveHyperparameters(options, { keepSecrets: true });
  }
}

describe("secrets among hyperparameters", () => {
  const train = async (net: Net) => {
    const files = new MemoryFiles();
    const terminal = new FakeTerminal();
    const logger = new CSVLogger({ saveDir: "/logs", files });
    const trainer = makeTrainer(files, { logger, ports: { files, terminal } });
    await trainer.fit(net, loader());
    await trainer.saveCheckpoint("/net.ckpt");
    const text = (path: string) => files.readFile(path).then((bytes) => new TextDecoder("latin1").decode(bytes));
    const store = new SafetensorsCheckpointStore(files);
    const yaml = await text("/logs/lightning_logs/version_0/hparams.yaml");
    return { store, terminal, yaml, checkpoint: await text("/net.ckpt") };
  };

  it("are masked for loggers and left out of checkpoints, and the run says so", async () => {
    const net = new Remote({ features: 3, lr: 0.1, apiKey: "abc123" });
    const { yaml, checkpoint, terminal } = await train(net);
    expect(yaml).toContain('apiKey: "***"');
    expect(checkpoint).not.toContain("abc123");
    expect(terminal.warnings.join("\n")).toMatch(/secrets and are left out of checkpoints: apiKey.*keepSecrets/);
    expect({ ...net.hparams }).toMatchObject({ apiKey: "abc123" });
  });

  it("are passed again when loading; who forgets is told", async () => {
    const { store } = await train(new Remote({ features: 3, lr: 0.1, apiKey: "abc123" }));
    const loaded = await Remote.loadFromCheckpoint("/net.ckpt", { store, hparams: { apiKey: "new" } });
    expect([loaded.apiKey, loaded.layer.weight.shape]).toEqual(["new", [1, 3]]);
    class Strict extends Remote {
      constructor(options: RemoteOptions) {
        if (options.apiKey === undefined) throw new Error("no key");
        super(options);
      }
    }
    await expect(Strict.loadFromCheckpoint("/net.ckpt", { store })).rejects.toThrow(
      /pass again the secrets.*hparams: \{ apiKey: … \}/,
    );
  });

  it("are kept as any value where the module says so", async () => {
    const { store, yaml } = await train(new Open({ features: 3, lr: 0.1, apiKey: "abc123" }));
    expect(yaml).toContain("apiKey: abc123");
    expect((await Open.loadFromCheckpoint("/net.ckpt", { store })).apiKey).toBe("abc123");
  });
});
