import { ArrayDataset, nn, optim, type tf } from "@lightning-ts/core";
import { SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { LightningDataModule } from "./lightning-data-module.js";
import { LightningModule } from "./lightning-module.js";
import { loadModule, type ModuleClass } from "./load-from-checkpoint.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

let files: MemoryFiles;
let store: SafetensorsCheckpointStore;
beforeEach(() => {
  files = new MemoryFiles();
  store = new SafetensorsCheckpointStore(files);
});

class Net extends LightningModule<[x: tf.Tensor2D]> {
  readonly layer: nn.Linear;
  readonly lr: number;

  constructor(features: number, lr = 0.1, extra?: nn.Module) {
    super();
    this.saveHyperparameters({ features, lr, extra }, { positional: true, ignore: "extra" });
    this.layer = new nn.Linear(features, 1);
    this.lr = lr;
  }
  override trainingStep([x]: [x: tf.Tensor2D]) {
    return this.layer.forward(x).square().mean();
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: this.lr });
  }
}

class Data extends LightningDataModule {
  epochs = 0;

  constructor(
    readonly batches: number,
    readonly features: number,
  ) {
    super();
    this.saveHyperparameters({ batches, features }, { positional: true });
  }
  override trainDataloader() {
    this.epochs += 1;
    const rows = randomDataset({ length: this.batches, features: this.features });
    return Array.from({ length: this.batches }, (_, index) => rows.getBatch([index]));
  }
  override stateDict() {
    return { epochs: this.epochs };
  }
  override loadStateDict({ epochs }: Record<string, unknown>) {
    this.epochs = Number(epochs);
  }
}

async function save(model: LightningModule, datamodule: LightningDataModule = new Data(2, 3)): Promise<void> {
  const trainer = quietTrainer({ maxEpochs: 1, ports: { files, terminal: new FakeTerminal() } });
  await trainer.fit(model, datamodule);
  await trainer.saveCheckpoint("/a.ckpt");
}

describe("a class whose constructor takes parameters one by one", () => {
  it("is constructed with what it saved as positional", async () => {
    const net = new Net(3, 0.25);
    await save(net);
    const loaded = await Net.loadFromCheckpoint("/a.ckpt", { store, hparams: { extra: undefined } });
    expect([loaded.lr, { ...loaded.hparams }]).toEqual([0.25, { features: 3, lr: 0.25 }]);
    expect(await loaded.layer.weight.data()).toEqual(await net.layer.weight.data());
    const other = await Net.loadFromCheckpoint("/a.ckpt", {
      store,
      hparams: { lr: 5, extra: new nn.ReLU() },
      strict: false,
    });
    expect(other.lr).toBe(5);
  });

  it("is told which parameter was not saved", async () => {
    await save(new Net(3));
    await expect(Net.loadFromCheckpoint("/a.ckpt", { store })).rejects.toThrow(
      /pass it: \{ hparams: \{ extra: … \} \}/,
    );
  });

  it("is told how to save them where it did not", async () => {
    class Wrong extends Net {
      constructor(features: number, lr: number) {
        super(features, lr);
        this.saveHyperparameters({ features, lr }, { positional: false });
      }
    }
    await save(new Wrong(3, 0.1));
    await expect(Wrong.loadFromCheckpoint("/a.ckpt", { store })).rejects.toThrow(
      /Wrong cannot be constructed.*saveHyperparameters\(\{ features, lr \}, \{ positional: true \}\)/s,
    );
  });

  it("is told how to save by the names of its own parameters", async () => {
    const told = async (made: ModuleClass<LightningModule>, saves: LightningModule) => {
      await save(saves);
      return loadModule(made, "/a.ckpt", { store, files }).then(
        () => "",
        (error: unknown) => String(error).replace(/.*Try:/s, ""),
      );
    };
    class Wide extends Net {
      constructor(width: number, depth = 2) {
        super(width.valueOf(), depth);
        if (!Number.isFinite(width)) throw new TypeError("wanted");
        this.saveHyperparameters({ width, depth }, { positional: false });
      }
    }
    class Child extends Wide {}
    class Given extends Net {
      constructor(config: { width: number }) {
        if (config.width === undefined) throw new TypeError("wanted");
        super(config.width);
        this.saveHyperparameters({ other: 1 }, { positional: false });
      }
    }
    for (const made of [Wide, Child])
      expect(await told(made, new made(3))).toMatch(
        /saveHyperparameters\(\{ width, depth \}, \{ positional: true \}\)/,
      );
    expect(await told(Given, new Given({ width: 3 }))).toMatch(/saveHyperparameters\(config\), with the object/);
    class Throws extends Net {
      constructor(features: number, lr: number, isSaved = false) {
        super(features, lr);
        this.saveHyperparameters({ features, lr }, { positional: true });
        if (!isSaved) throw new TypeError("wanted");
      }
    }
    expect(await told(Throws, new Throws(3, 0.1, true))).toBe(" pass what is missing as hparams.");
  });

  it("can be the base of one that takes an object", async () => {
    class Options extends Net {
      constructor(options: { features: number; lr: number }) {
        super(options.features, options.lr);
        this.saveHyperparameters(options, { positional: false });
      }
    }
    await save(new Options({ features: 3, lr: 0.5 }));
    expect((await Options.loadFromCheckpoint("/a.ckpt", { store })).lr).toBe(0.5);
  });
});

describe("a data module", () => {
  it("is constructed with what it saved, and gets its state", async () => {
    await save(new Net(3), new Data(2, 3));
    const data = await Data.loadFromCheckpoint("/a.ckpt", { store });
    expect([data.batches, data.features, data.epochs]).toEqual([2, 3, 1]);
    expect((await Data.loadFromCheckpoint("/a.ckpt", { store, hparams: { batches: 7 } })).batches).toBe(7);
  });

  it("has a name, and says who prepares its data", async () => {
    const prepared: string[] = [];
    class Prepares extends Data {
      override name = "digits";
      override prepareData() {
        prepared.push(this.name);
      }
    }
    const data = new Prepares(1, 3);
    expect([data.prepareDataPerNode, new Data(1, 3).name]).toEqual([true, undefined]);
    await save(new Net(3), data);
    expect(prepared).toEqual(["digits"]);
  });

  it("of several training sets gives the batches of all together", async () => {
    const seen: unknown[] = [];
    class Sees extends Net {
      override trainingStep(batch: [x: tf.Tensor2D]) {
        seen.push(batch.length);
        return this.layer.forward(batch[0].reshape([1, 3])).mean();
      }
    }
    const set = (length: number) => new ArrayDataset(Array.from({ length }, () => Float32Array.of(1, 2, 3)));
    await save(new Sees(3), LightningDataModule.fromDatasets({ train: [set(2), set(3)] }));
    expect(seen).toEqual([2, 2, 2]);
  });
});
