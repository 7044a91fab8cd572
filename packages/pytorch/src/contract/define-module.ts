import { MisconfigurationError, rejectUnknownOptions, type nn, type OnDevice } from "@lightning-ts/core";
import type { BatchSource } from "../words/batch-source.js";
import type { ConfiguredOptimizers } from "../words/scheduler-config.js";
import type { ModuleHookName } from "./callback-hooks.js";
import { LightningModule } from "./lightning-module.js";
import type { TrainingStepResult } from "../words/step-output.js";

type MaybePromise<TValue> = TValue | Promise<TValue>;

/** What can be overridden of a module, apart from its steps and what trains it. */
type Overridden =
  | ModuleHookName
  | `on${"Validation" | "Test"}Model${"Eval" | "Train"}`
  | "onPredictModelEval"
  | "onValidationModelZeroGrad"
  | "onBeforeBatchTransfer"
  | "transferBatchToDevice"
  | "onAfterBatchTransfer"
  | "validationStep"
  | "testStep"
  | "valDataloader"
  | "testDataloader"
  | "predictDataloader"
  | "configureCallbacks"
  | "configureModel"
  | "configureGradientClipping"
  | "optimizerStep"
  | "optimizerZeroGrad"
  | "lrSchedulerStep"
  | "backward"
  | "prepareData";

/** Layers by name: they become fields of the module, and these names begin the keys of its state dict. */
export type Layers = Readonly<Record<string, nn.Module>>;

/** A module that `defineModule` made: with its layers as fields. */
export type DefinedModule<TBatch, TLayers, THparams extends object, TReturned, TPrediction> = LightningModule<
  TBatch,
  THparams
> &
  TLayers & {
    configureOptimizers(): TReturned;
    predictStep(batch: TBatch, batchIdx: number, dataloaderIdx: number): TPrediction;
  };

/** What a module is made of. In its methods `this` is the module. */
export interface ModuleDefinition<THost, TLayers, THparams extends object, TReturned, TPrediction> extends Partial<
  Pick<LightningModule<OnDevice<THost>>, Overridden>
> {
  /** For messages. @default "DefinedModule" */
  readonly name?: string | undefined;
  readonly layers?: TLayers | undefined;
  /** Kept as `saveHyperparameters` keeps them. */
  readonly hparams?: THparams | undefined;
  readonly automaticOptimization?: boolean | undefined;
  readonly strictLoading?: boolean | undefined;
  readonly exampleInputArray?: unknown;
  /** The training loader, or what makes it. The type of a batch in the steps comes from here. */
  readonly trainDataloader?: BatchSource<THost> | (() => MaybePromise<BatchSource<THost>>) | undefined;
  forward?(...inputs: never[]): unknown;
  trainingStep?(batch: OnDevice<THost>, batchIdx: number): MaybePromise<TrainingStepResult>;
  // These two know of the module what does not depend on them, so that what they return can be inferred.
  configureOptimizers?(
    this: DefinedModule<OnDevice<THost>, TLayers, THparams, ConfiguredOptimizers, unknown>,
  ): TReturned;
  predictStep?(
    this: DefinedModule<OnDevice<THost>, TLayers, THparams, ConfiguredOptimizers, unknown>,
    batch: OnDevice<THost>,
    batchIdx: number,
    dataloaderIdx: number,
  ): TPrediction;
}

const SETTINGS = ["name", "layers", "hparams", "automaticOptimization", "strictLoading", "exampleInputArray"];

/**
 * Makes a module without a class. What a step's batch is comes from `trainDataloader`; everything that can be
 * overridden in a class can be given here, under the same name.
 * @example
 * ```ts
 * import { DataLoader, F, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
 * import { defineModule, Trainer } from "@lightning-ts/pytorch";
 *
 * const data = new TensorDataset(tf.buffer<tf.Rank.R2>([8, 4]), tf.buffer<tf.Rank.R2>([8, 1]));
 * const model = defineModule({
 *   trainDataloader: new DataLoader(data, { batchSize: 4 }),
 *   layers: { net: new nn.Linear(4, 1) },
 *   trainingStep([x, y]) {
 *     const loss = F.mseLoss(this.net.forward(x), y);
 *     this.log("train_loss", loss);
 *     return loss;
 *   },
 *   configureOptimizers() {
 *     return new optim.SGD(this.parameters(), { lr: 0.1 });
 *   },
 * });
 * const { steps } = await new Trainer({ maxEpochs: 2, enableProgressBar: false }).fit(model);
 * console.log(steps); // 4
 * ```
 */
export function defineModule<
  THost = unknown,
  TLayers extends Layers = Layers,
  THparams extends object = object,
  TReturned extends ConfiguredOptimizers = ConfiguredOptimizers,
  TPrediction = unknown,
>(
  definition: ModuleDefinition<THost, TLayers, THparams, TReturned, TPrediction> &
    ThisType<DefinedModule<OnDevice<THost>, TLayers, THparams, TReturned, unknown>>,
): DefinedModule<OnDevice<THost>, TLayers, THparams, TReturned, TPrediction>;
export function defineModule(
  definition: ModuleDefinition<unknown, Layers, object, ConfiguredOptimizers, unknown>,
): object {
  const { name = "DefinedModule", layers = {}, hparams, trainDataloader, ...others } = definition;
  rejectUnknownOptions("defineModule", definition, [...SETTINGS, ...overridableNames()]);
  const classes = { [name]: class extends LightningModule {} };
  const module = new (classes[name] ?? LightningModule)();
  for (const layer of Object.keys(layers)) if (layer in module) throw nameIsTaken(layer);
  Object.assign(module, layers, others);
  if (hparams !== undefined) module.saveHyperparameters(hparams);
  if (trainDataloader !== undefined)
    module.trainDataloader = typeof trainDataloader === "function" ? trainDataloader : () => trainDataloader;
  return module;
}

/** Every method of a module; some of them nobody would give. */
function overridableNames(): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(LightningModule.prototype))
    .filter(([, { value }]) => typeof value === "function")
    .map(([name]) => name);
}

function nameIsTaken(layer: string): MisconfigurationError {
  return new MisconfigurationError({
    message: `defineModule: no layer can be called "${layer}", because a module has that already.`,
    tryThis: "another name.",
  });
}
