import { FakeProcesses, FakeSignals, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import * as L from "lightning-ts";
import { SmallModel, smallLoader } from "../runs/small-run.js";
import { hooksOf, OWNERS, type Owner } from "./hooks-of-contract.js";

export const STAGES = ["fit", "validate", "test", "predict"] as const;
export type Stage = (typeof STAGES)[number];

/** One run: what it does, and who brings its data. */
export interface Scenario {
  readonly stage: Stage;
  readonly data: "datamodule" | "module";
}

/** A hook, of one object. */
export interface Hook {
  readonly owner: Owner;
  readonly name: string;
}

type Method = (...args: unknown[]) => unknown;
type Batch = [x: L.tf.Tensor2D, y: L.tf.Tensor2D];

class Hooked extends SmallModel {
  override exampleInputArray = L.tf.buffer([2, 8]);
  override forward(x: L.tf.Tensor2D) {
    return this.layer.forward(x);
  }
  override validationStep(batch: Batch) {
    this.log("val_loss", L.F.mseLoss(this.layer.forward(batch[0]), batch[1]));
  }
  override testStep(batch: Batch) {
    return L.F.mseLoss(this.layer.forward(batch[0]), batch[1]);
  }
  override predictStep(batch: Batch) {
    return this.layer.forward(batch[0]);
  }
  override configureOptimizers(): L.OptimizersReturn {
    const optimizer = new L.optim.AdamW(this.parameters(), { lr: 0.01 });
    return { optimizer, lrScheduler: new L.optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }) };
  }
}

class WithData extends Hooked {
  override trainDataloader() {
    return smallLoader();
  }
  override valDataloader() {
    return smallLoader();
  }
  override testDataloader() {
    return smallLoader();
  }
  override predictDataloader() {
    return smallLoader();
  }
}

class Data extends L.LightningDataModule<Batch> {
  override trainDataloader() {
    return smallLoader();
  }
  override valDataloader() {
    return smallLoader();
  }
  override testDataloader() {
    return smallLoader();
  }
  override predictDataloader() {
    return smallLoader();
  }
  override stateDict() {
    return { shards: 3 };
  }
}

class Watching extends L.Callback {
  override stateDict() {
    return { seen: 1 };
  }
}

/** A run's objects, before it begins. */
export interface Run {
  readonly scenario: Scenario;
  readonly objects: Readonly<Record<Owner, object>>;
  readonly model: Hooked;
  readonly trainer: L.Trainer;
  readonly terminal: FakeTerminal;
  readonly signals: FakeSignals;
  readonly processes: FakeProcesses;
  start(): Promise<unknown>;
}

const CHECKPOINT = "/first.ckpt";
/** What makes a logger one that is given graphs. */
const WANTS_GRAPH = { wantsGraph: true, logGraph: (): void => undefined };

/** @param files has a checkpoint that a fit goes on from, where `openRun` has been used to write one */
export function openRun(scenario: Scenario, files: MemoryFiles, maxEpochs = 2): Run {
  L.seedEverything(3);
  const { stage } = scenario;
  const [terminal, signals, processes] = [new FakeTerminal(), new FakeSignals(), new FakeProcesses()];
  const model = scenario.data === "module" ? new WithData() : new Hooked();
  model.saveHyperparameters({ width: 8 });
  const datamodule = new Data();
  const callback = new Watching();
  const logger = Object.assign(new L.CSVLogger({ saveDir: "/logs", files, terminal }), WANTS_GRAPH);
  const trainer = new L.Trainer({
    maxEpochs,
    limitTrainBatches: 2,
    limitValBatches: 2,
    limitTestBatches: 2,
    limitPredictBatches: 2,
    logEveryNSteps: 1,
    gradientClipVal: 1,
    accelerator: L.cpu({ backend: "cpu" }),
    enableProgressBar: false,
    enableModelSummary: false,
    logger,
    callbacks: [callback, new L.ModelCheckpoint({ dirpath: "/checkpoints" })],
    ports: { files, terminal, signals, processes },
  });
  const ckptPath = stage === "fit" && files.paths().includes(CHECKPOINT) ? CHECKPOINT : undefined;
  const given = scenario.data === "module" ? { ckptPath } : { ckptPath, datamodule };
  return {
    scenario,
    objects: { module: model, datamodule, callback, logger },
    ...{ model, trainer, terminal, signals, processes },
    start: () => runOf(trainer, stage, model, given),
  };
}

function runOf(trainer: L.Trainer, stage: Stage, model: Hooked, given: object): Promise<unknown> {
  switch (stage) {
    case "fit":
      return trainer.fit(model, given);
    case "validate":
      return trainer.validate(model, given);
    case "test":
      return trainer.test(model, given);
    case "predict":
      return trainer.predict(model, given);
    default:
      return stage satisfies never;
  }
}

/** Files with a checkpoint after one epoch. */
export async function filesWithCheckpoint(): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  const { trainer, model, start } = openRun({ stage: "fit", data: "datamodule" }, files, 1);
  await start();
  await trainer.saveCheckpoint(CHECKPOINT);
  model.dispose();
  trainer.dispose();
  return files;
}

/** Calls `wrap` for every hook of every object of a run; what it returns is called in place of the hook. */
export function replaceHooks({ objects }: Run, wrap: (hook: Hook, original: Method) => Method): void {
  for (const owner of OWNERS)
    for (const name of hooksOf(owner)) {
      const original: unknown = Reflect.get(objects[owner], name);
      if (typeof original !== "function") continue;
      const replaced = wrap({ owner, name }, (...args) => Reflect.apply(original, objects[owner], args));
      Object.defineProperty(objects[owner], name, { value: replaced, configurable: true });
    }
}
