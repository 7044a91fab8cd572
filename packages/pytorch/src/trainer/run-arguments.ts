import {
  describeValue,
  isPlainObject,
  MisconfigurationError,
  nearestName,
  rejectUnknownOptions,
} from "@lightning-ts/core";
import type { GivenLoaders } from "../run/batches/data-sources.js";
import type { RunRequest } from "../run/stages/run-request.js";
import { isBatchSource, isLoaderTree } from "../data/loader-tree.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { Stage } from "../words/stages.js";

/** What a call was given besides the model. */
export interface RunArguments extends Omit<RunRequest, "stage" | "module"> {
  /** Whether an evaluation prints its table. */
  readonly verbose: boolean;
}

/** What an evaluation was called with. */
export interface EvaluateArguments extends RunArguments {
  /** Undefined for the module that the Trainer has run before. */
  readonly model: LightningModule | undefined;
}

const FIT_OPTIONS = ["trainDataloaders", "valDataloaders", "datamodule", "ckptPath", "optionsFrom", "signal"];
const EVALUATE_OPTIONS = ["dataloaders", "datamodule", "ckptPath", "signal", "verbose", "returnPredictions"];

/** Reads `fit(model, loader, valLoader?, options?)`, `fit(model, datamodule, options?)` and `fit(model, options?)`. */
export function readFitArguments(data: unknown, valOrOptions: unknown, last: unknown): RunArguments {
  const isOptions = (value: unknown) => isOptionsOf("fit", value, FIT_OPTIONS);
  if (isOptions(data))
    return complete("fit", data, { train: data["trainDataloaders"], validate: data["valDataloaders"] });
  if (data instanceof LightningDataModule)
    return complete("fit", { ...optionsOf("fit", valOrOptions, FIT_OPTIONS), datamodule: data }, {});
  const isLastOptions = last === undefined && isOptions(valOrOptions);
  const options = optionsOf("fit", isLastOptions ? valOrOptions : last, FIT_OPTIONS);
  return complete("fit", options, { train: data, validate: isLastOptions ? undefined : valOrOptions });
}

/** Reads `validate(model?, loaders?, options?)`, `validate(options)` and their siblings. */
export function readEvaluateArguments(
  stage: Exclude<Stage, "fit">,
  [first, second, third]: readonly unknown[],
): EvaluateArguments {
  if (second === undefined && isOptionsOf(stage, first, EVALUATE_OPTIONS))
    return { ...readEvaluated(stage, first, undefined), model: undefined };
  const model = first === undefined ? undefined : requireModule(first, stage);
  return { ...readEvaluated(stage, second, third), model };
}

function readEvaluated(stage: Exclude<Stage, "fit">, data: unknown, last: unknown): RunArguments {
  if (data instanceof LightningDataModule)
    return complete(stage, { ...optionsOf(stage, last, EVALUATE_OPTIONS), datamodule: data }, {});
  if (data === undefined || isOptionsOf(stage, data, EVALUATE_OPTIONS)) {
    const options = optionsOf(stage, data ?? last, EVALUATE_OPTIONS);
    return complete(stage, options, { [stage]: options["dataloaders"] });
  }
  return complete(stage, optionsOf(stage, last, EVALUATE_OPTIONS), { [stage]: data });
}

/** A plain object is options, unless it can be iterated or holds loaders under names of its own. */
function isOptionsOf(stage: Stage, value: unknown, known: readonly string[]): value is Record<string, unknown> {
  if (!isPlainObject(value) || isBatchSource(value)) return false;
  const names = Object.keys(value);
  const ofLoaders = known.filter((name) => name.toLowerCase().endsWith("dataloaders"));
  const isOption = (name: string) => known.includes(name) || nearestName(name, ofLoaders) !== undefined;
  if (names.length === 0 || names.some(isOption)) return true;
  if (isLoaderTree(value)) return false;
  const wrong = names.filter((name) => !isLoaderTree(value[name]));
  if (wrong.length === names.length) return true;
  throw new MisconfigurationError({
    code: "LIT_DATALOADER",
    message: `trainer.${stage} was given loaders by name, and not all of them are loaders.`,
    expected: `loaders, or options (${known.join(", ")})`,
    received: wrong.map((name) => `${name}: ${describeValue(value[name])}`).join(", "),
  });
}

function optionsOf(stage: Stage, value: unknown, known: readonly string[]): Record<string, unknown> {
  if (value === undefined) return {};
  if (!isPlainObject(value))
    throw new MisconfigurationError({
      message: `trainer.${stage} was called with something unknown.`,
      expected: `loaders, a data module, or options (${known.join(", ")})`,
      received: describeValue(value),
    });
  rejectUnknownOptions(`trainer.${stage}`, value, known);
  return value;
}

function complete(stage: Stage, options: Record<string, unknown>, given: GivenLoaders): RunArguments {
  const known = stage === "fit" ? FIT_OPTIONS : EVALUATE_OPTIONS;
  rejectUnknownOptions(`trainer.${stage}`, options, known);
  const { datamodule, ckptPath, optionsFrom = "checkpoint", signal, verbose, returnPredictions } = options;
  if (datamodule !== undefined && !(datamodule instanceof LightningDataModule))
    throw wrong(stage, "datamodule", "a LightningDataModule", datamodule);
  if (ckptPath !== undefined && (typeof ckptPath !== "string" || ckptPath === ""))
    throw wrong(stage, "ckptPath", 'a path, "best" or "last"', ckptPath);
  if (optionsFrom !== "checkpoint" && optionsFrom !== "code")
    throw wrong(stage, "optionsFrom", '"checkpoint" or "code"', optionsFrom);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw wrong(stage, "signal", "an AbortSignal", signal);
  if (datamodule !== undefined && Object.values(given).some((loaders) => loaders !== undefined)) {
    throw new MisconfigurationError({
      code: "LIT_TWO_SOURCES",
      message: `trainer.${stage} was given loaders and a data module.`,
      tryThis: "one of the two.",
    });
  }
  return {
    given,
    datamodule,
    ckptPath,
    optionsFrom,
    signal,
    verbose: verbose !== false,
    returnPredictions: returnPredictions !== false,
  };
}

function wrong(stage: Stage, name: string, expected: string, received: unknown): MisconfigurationError {
  return new MisconfigurationError({
    message: `trainer.${stage}: ${name} is not usable.`,
    expected,
    received: describeValue(received),
  });
}

function isModuleClass(value: unknown): value is { readonly name: string } {
  return typeof value === "function" && value.prototype instanceof LightningModule;
}

/** @throws MisconfigurationError when it is not a module */
export function requireModule(value: unknown, stage: Stage): LightningModule {
  if (value instanceof LightningModule) return value;
  throw new MisconfigurationError({
    code: "LIT_NOT_A_MODULE",
    message: `trainer.${stage} needs a LightningModule.`,
    received: describeValue(value),
    tryThis: isModuleClass(value)
      ? `an object of the class: trainer.${stage}(new ${value.name}(), …).`
      : value === undefined
        ? `trainer.${stage}(model, …); a Trainer that has run one before remembers it.`
        : "extend LightningModule, or put the model into a field of one.",
  });
}
