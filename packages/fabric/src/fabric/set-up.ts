import {
  describeValue,
  isPlainObject,
  MisconfigurationError,
  Optimizer,
  rejectUnknownOptions,
  type OnDevice,
} from "@lightning-ts/core";
import type { Variable } from "@tensorflow/tfjs-core";
import type { Precision } from "../precision/precision.js";
import type { Strategy } from "../strategies/strategy.js";
import type { TrainableModule, TrainableOptimizer } from "../precision/trainable.js";
import { FabricDataLoader, type LoaderContext } from "../wrappers/fabric-data-loader.js";
import { wrapModule } from "../wrappers/fabric-module.js";
import { trainableOf, wrapOptimizer } from "../wrappers/fabric-optimizer.js";
import { shareOfRank } from "../wrappers/share-of-rank.js";
import { isWrapped, rememberStandIn, unwrap } from "../wrappers/wrapped-objects.js";
import { asTrainableModule, isLayersModel, type SetupModule } from "./as-trainable-module.js";
import { rememberCode } from "./code-setups.js";
import { asTrainableOptimizer, requireShared } from "./as-trainable-optimizer.js";

export interface LoaderOptions {
  /** Give each rank its part of the data. @default true */
  readonly useDistributedSampler?: boolean | undefined;
  /** Move batches to the device. @default true */
  readonly moveToDevice?: boolean | undefined;
}

/** What `setupDataloaders` gives back for its loaders, in their order. */
export type SetUpLoaders<TLoaders extends readonly unknown[]> = {
  [TIndex in keyof TLoaders]: TLoaders[TIndex] extends AsyncIterable<infer TBatch> ? FabricDataLoader<TBatch> : never;
};

export function setUpModule(
  module: SetupModule,
  strategy: Strategy,
  precision: Precision,
): { readonly wrapper: object; readonly trainable: TrainableModule } {
  refuseWrapped("model", module);
  const trainable = asTrainableModule(module);
  precision.convertModule(trainable);
  const replacement = strategy.setupModule(trainable);
  const wrapper = wrapModule(module, {
    precision,
    replacement: replacement === trainable ? module : replacement,
    isLayersModel: isLayersModel(module),
  });
  return { wrapper, trainable };
}

export function setUpOptimizer(
  optimizer: unknown,
  context: {
    readonly module: TrainableModule | undefined;
    readonly strategy: Strategy;
    readonly afterStep: (optimizer: object) => void;
  },
): object {
  if (typeof optimizer === "object" && optimizer !== null) refuseWrapped("optimizer", optimizer);
  const trainable = asTrainableOptimizer(optimizer, context.module);
  if (context.module !== undefined) requireShared(trainable, context.module);
  context.strategy.precision.convertOptimizer(trainable);
  context.strategy.setupOptimizer(trainable);
  if (optimizer instanceof Optimizer) rememberCode(optimizer);
  const original = typeof optimizer === "object" && optimizer !== null ? optimizer : trainable;
  return wrapOptimizer(original, {
    strategy: context.strategy,
    trainable,
    afterStep: () => context.afterStep(original),
  });
}

export function requireSetUpOptimizer(count: number): void {
  if (count === 0)
    throw new MisconfigurationError({ code: "LIT_SETUP", message: "setupOptimizers() needs at least one optimizer." });
}

/** The parts behind a set-up model and optimizer. @throws MisconfigurationError when one of them was not set up */
export function unwrapModule(module: SetupModule): { readonly trainableModule: TrainableModule };
export function unwrapModule(
  module: SetupModule,
  optimizer: object,
): { readonly parameters: readonly Variable[]; readonly trainable: TrainableOptimizer };
export function unwrapModule(module: SetupModule, optimizer?: object): object {
  if (!isWrapped(module)) throw notSetUp("model", module);
  const trainableModule = asTrainableModule(isLayersModel(module) ? originalModel(module) : module);
  if (optimizer === undefined) return { trainableModule };
  const trainable = trainableOf(optimizer);
  if (trainable === undefined) throw notSetUp("optimizer", optimizer);
  requireShared(trainable, trainableModule);
  const ofModule = new Set(trainableModule.parameters());
  return {
    trainable,
    parameters: trainable.paramGroups.flatMap(({ params }) => params.filter((param) => ofModule.has(param))),
  };
}

/** What is the same for all loaders of a Fabric. */
type LoopContext = Omit<LoaderContext, "toDevice" | "movesToDevice">;

export function setUpLoaders(loadersAndOptions: readonly unknown[], strategy: Strategy, context: LoopContext): unknown {
  const last = loadersAndOptions.at(-1);
  const hasOptions = loadersAndOptions.length > 1 && isPlainObject(last) && !(Symbol.asyncIterator in last);
  const options: LoaderOptions = hasOptions ? last : {};
  rejectUnknownOptions("setupDataloaders", options, ["useDistributedSampler", "moveToDevice"]);
  const loaders = hasOptions ? loadersAndOptions.slice(0, -1) : loadersAndOptions;
  if (loaders.length === 0)
    throw new MisconfigurationError({ code: "LIT_SETUP", message: "setupDataloaders() needs at least one loader." });
  const wrapped = loaders.map((loader) => setUpLoader(loader, options, strategy, context));
  return wrapped.length === 1 ? wrapped[0] : wrapped;
}

function setUpLoader(
  loader: unknown,
  options: LoaderOptions,
  strategy: Strategy,
  context: LoopContext,
): FabricDataLoader<unknown> {
  if (!isAsyncIterable(loader)) {
    throw new MisconfigurationError({
      code: "LIT_NOT_A_LOADER",
      message: "This is no data loader.",
      expected: "a DataLoader or another async iterable of batches",
      received: describeValue(loader),
    });
  }
  refuseWrapped("data loader", loader);
  const movesToDevice = options.moveToDevice !== false;
  const source = options.useDistributedSampler === false ? loader : shareOfRank(loader, strategy.samplerRanks);
  const wrapper = new FabricDataLoader(source, loader, {
    ...context,
    toDevice: movesToDevice ? (batch) => strategy.toDevice(batch) : leaveOnHost,
    movesToDevice,
  });
  if (source !== loader) rememberStandIn([loader, wrapper], source);
  return wrapper;
}

function leaveOnHost<TBatch>(batch: TBatch): OnDevice<TBatch>;
function leaveOnHost(batch: unknown): unknown {
  return batch;
}

function refuseWrapped(what: string, value: object): void {
  if (!isWrapped(value)) return;
  throw new MisconfigurationError({
    code: "LIT_SET_UP_TWICE",
    message: `This ${what} was set up before.`,
    tryThis: `set the original ${what} up once, and use what setup gave back.`,
  });
}

function notSetUp(what: string, value: object): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_NOT_SET_UP",
    message: `This ${what} was not set up.`,
    received: describeValue(value),
    tryThis: "use what fabric.setup(…) gave back.",
  });
}

function originalModel(model: SetupModule): SetupModule {
  const original = unwrap(model);
  return isLayersModel(original) ? original : model;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    Symbol.asyncIterator in value &&
    typeof value[Symbol.asyncIterator] === "function"
  );
}
