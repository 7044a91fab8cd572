import { DataLoader } from "@lightning-ts/core";
import { cpu, SafetensorsCheckpointStore, type LoadedTree } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { EarlyStopping } from "../../callbacks/early-stopping.js";
import { ModelCheckpoint } from "../../callbacks/model-checkpoint.js";
import { Timer } from "../../callbacks/timer.js";
import { isLoadedTree } from "../../checkpoint/codecs/checkpoint-tree.js";
import { Callback } from "../../contract/callback.js";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import { Trainer } from "../../trainer/trainer.js";

let files: MemoryFiles;
let terminal: FakeTerminal;
let store: SafetensorsCheckpointStore;
beforeEach(() => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
  store = new SafetensorsCheckpointStore(files);
});

class Model extends BoringModel {
  override trainingStep(...args: Parameters<BoringModel["trainingStep"]>) {
    this.log("loss", 1);
    return super.trainingStep(...args);
  }
}

class Data extends LightningDataModule {
  epochs = 0;
  override trainDataloader() {
    this.epochs += 1;
    return new DataLoader(randomDataset({ length: 2 }));
  }
  override stateDict() {
    return { epochs: this.epochs };
  }
  override loadStateDict({ epochs }: Record<string, unknown>) {
    this.epochs = Number(epochs) * 10;
  }
}

async function fit(options: {
  readonly callbacks: readonly Callback[];
  readonly maxEpochs?: number;
  readonly ckptPath?: string;
  readonly datamodule?: Data;
  readonly model?: LightningModule;
}) {
  const { callbacks, maxEpochs = 1, ckptPath, datamodule = new Data(), model = new Model() } = options;
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks,
    ports: { files, terminal },
  });
  await trainer.fit(model, { datamodule, ckptPath });
  return { datamodule, trainer };
}

const builtIn = () => [
  new ModelCheckpoint({ dirpath: "/ckpt", filename: "a", saveTopK: 1 }),
  new EarlyStopping({ monitor: "loss", patience: 9 }),
  new Timer(),
];

function marked(states: LoadedTree, mark: string): LoadedTree {
  return Object.fromEntries(Object.entries(states).map(([key, state]) => [mark + key, state]));
}

async function rewrite(change: (tree: LoadedTree) => LoadedTree): Promise<void> {
  await store.save("/ckpt/old.ckpt", change(await store.load("/ckpt/a.ckpt")), { weights: "state_dict" });
}

describe("states of callbacks and data modules", () => {
  it("have names that no bundler changes", async () => {
    await fit({ callbacks: builtIn() });
    const tree = await store.load("/ckpt/a.ckpt");
    expect(Object.keys(Object(tree["callbacks"]))).toEqual([
      'EarlyStopping{"monitor":"loss","mode":"min"}',
      "Timer",
      'ModelCheckpoint{"monitor":null,"mode":"min","everyNTrainSteps":0,"everyNEpochs":1,"trainTimeInterval":null}',
    ]);
    expect(tree["datamodule_state"]).toEqual({ epochs: 1 });
    // What esbuild makes of a class that uses itself.
    class _EarlyStopping extends EarlyStopping {
      static override readonly stateName = "EarlyStopping";
    }
    expect(new _EarlyStopping({ monitor: "loss" }).stateKey).toBe('EarlyStopping{"monitor":"loss","mode":"min"}');
    class Mine extends EarlyStopping {}
    expect(new Mine({ monitor: "loss" }).stateKey).toBe('Mine{"monitor":"loss","mode":"min"}');
  });

  it.each(["", "_"])("of 0.1.0 are read, with the mark %j before class names", async (mark) => {
    await fit({ callbacks: builtIn() });
    await rewrite(({ datamodule_state: data, callbacks, inventory: _none, ...tree }) => ({
      ...tree,
      [`${mark}Data`]: data ?? null,
      callbacks: isLoadedTree(callbacks) ? marked(callbacks, mark) : {},
    }));
    const [checkpoint, stopping, timer] = builtIn();
    const { datamodule } = await fit({
      callbacks: [checkpoint, stopping, timer].filter((one) => one !== undefined),
      maxEpochs: 2,
      ckptPath: "/ckpt/old.ckpt",
    });
    expect(datamodule.epochs).toBe(11);
    expect(stopping).toMatchObject({ waitCount: 1, bestScore: 1 });
    expect(terminal.warnings.join()).not.toContain("states of callbacks");
  });

  it("of two classes with one short name are told apart, with a warning; two of one class are refused", async () => {
    const made = (name: string) => {
      const counts = {
        [name]: class extends Callback {
          count = 0;
          override onTrainEpochEnd() {
            this.count += name === "t" ? 1 : 0;
          }
          override stateDict() {
            return { count: this.count };
          }
          override loadStateDict(state: Record<string, unknown>) {
            this.count = Number(state["count"]);
          }
        },
      };
      return counts[name] ?? Callback;
    };
    const [First, Second] = [made("t"), made("t")];
    const second = new Second();
    Object.assign(second, { count: 40 });
    await fit({ callbacks: [new First(), second, new ModelCheckpoint({ dirpath: "/ckpt", filename: "a" })] });
    expect(terminal.warnings.join()).toMatch(/Two callback classes with state are called "t"/);
    const { callbacks } = await store.load("/ckpt/a.ckpt");
    expect(isLoadedTree(callbacks) && [callbacks["t"], callbacks["t#2"]]).toEqual([{ count: 1 }, { count: 41 }]);
    const again = [new First(), new Second()];
    await fit({ callbacks: again, maxEpochs: 2, ckptPath: "/ckpt/a.ckpt" });
    expect(again).toMatchObject([{ count: 2 }, { count: 42 }]);
    expect(() => new Trainer({ callbacks: [new First(), new First()] })).toThrow(/two with the state key "t"/);
    class Brings extends Model {
      override configureCallbacks() {
        return [new Timer(), new Timer()];
      }
    }
    await expect(fit({ callbacks: [], model: new Brings() })).rejects.toThrow(
      /configureCallbacks, two have the state key "Timer"/,
    );
  });
});

it("a checkpoint goes to the module, then the data module, then the callbacks", async () => {
  const order: string[] = [];
  class Tells extends Callback {
    override onLoadCheckpoint() {
      order.push("callback");
    }
    override stateDict() {
      return { a: 1 };
    }
    override loadStateDict() {
      order.push("callback's state");
    }
  }
  class TellingModel extends Model {
    override onLoadCheckpoint() {
      order.push("module");
    }
  }
  class TellingData extends Data {
    override loadStateDict() {
      order.push("data module's state");
    }
  }
  await fit({ callbacks: [new Tells(), new ModelCheckpoint({ dirpath: "/ckpt", filename: "a" })] });
  await fit({
    callbacks: [new Tells()],
    maxEpochs: 1,
    ckptPath: "/ckpt/a.ckpt",
    datamodule: new TellingData(),
    model: new TellingModel(),
  });
  expect(order).toEqual(["module", "data module's state", "callback", "callback's state"]);
});

it("callbacks log by the rules of the hook they are in", async () => {
  class Logs extends Callback {
    override onTrainBatchEnd() {
      this.log("step_value", 2);
    }
    override onTrainEpochEnd() {
      this.logDict({ a: 3, b: 4 });
    }
  }
  const { trainer } = await fit({ callbacks: [new Logs()] });
  expect(trainer.callbackMetrics).toMatchObject({ step_value: 2, a: 3, b: 4 });
  class LogsTooEarly extends Callback {
    override onFitStart() {
      this.log("a", 1);
    }
  }
  await expect(fit({ callbacks: [new LogsTooEarly()] })).rejects.toThrow(/onFitStart/);
  expect(() => new Logs().log("a", 1)).not.toThrow();
});
