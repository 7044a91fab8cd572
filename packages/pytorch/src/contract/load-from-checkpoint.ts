import { isolateRandom, type FileSystem } from "@lightning-ts/core";
import { defaultPort, SafetensorsCheckpointStore, type CheckpointStore, type LoadedTree } from "@lightning-ts/fabric";
import { isLoadedTree, weightsOf } from "../checkpoint/codecs/checkpoint-tree.js";
import { readCheckpoint as readCheckpointFile } from "../checkpoint/read-checkpoint.js";
import { Door } from "../door/door.js";
import { Driver } from "../door/driver.js";
import type { Steps } from "../door/steps.js";
import { constructFromHparams } from "./construct-from-hparams.js";
import type { LightningDataModule } from "./lightning-data-module.js";
import type { LightningModule } from "./lightning-module.js";

export interface LoadFromCheckpointOptions {
  /** Throw when keys are missing or left over. @default the module's `strictLoading` */
  readonly strict?: boolean | undefined;
  /** Hyperparameters that replace those in the file. */
  readonly hparams?: Readonly<Record<string, unknown>> | undefined;
  /** Where relative paths start, and what the default store reads. @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
  /** @default safetensors files */
  readonly store?: CheckpointStore | undefined;
}

/** A class whose constructor takes what it saves as hyperparameters: one object, or parameters one by one. */
export type ModuleClass<TModule extends object> = new (...hparams: never[]) => TModule;

/** A data module of any batch: with its type, one of a certain batch would be none of an unknown one. */
export type AnyDataModule = Pick<LightningDataModule, "loadStateDict" | "prepareData" | "setup">;

/**
 * Constructs the class with the stored hyperparameters, then loads the weights. Random streams are left as they were.
 */
export async function loadModule<TModule extends LightningModule>(
  moduleClass: ModuleClass<TModule>,
  path: string,
  options: LoadFromCheckpointOptions,
): Promise<TModule> {
  const { checkpoint, absolute } = await readCheckpoint(path, options);
  const module = isolateRandom(() =>
    constructFromHparams(moduleClass, {
      checkpoint,
      keys: { values: "hyper_parameters", positional: "hparams_positional", secrets: "hparams_secrets" },
      overrides: options.hparams,
      path: absolute,
    }),
  );
  await applyWeights(module, checkpoint, absolute, options);
  return module;
}

/** Constructs a data module's class with the stored hyperparameters, then gives it its state. */
export async function loadDataModule<TData extends AnyDataModule>(
  dataClass: ModuleClass<TData>,
  path: string,
  options: Omit<LoadFromCheckpointOptions, "strict">,
): Promise<TData> {
  const { checkpoint, absolute } = await readCheckpoint(path, options);
  const datamodule = isolateRandom(() =>
    constructFromHparams(dataClass, {
      checkpoint,
      keys: {
        values: "datamodule_hyper_parameters",
        positional: "datamodule_hparams_positional",
        secrets: "datamodule_hparams_secrets",
      },
      overrides: options.hparams,
      path: absolute,
    }),
  );
  const state = checkpoint["datamodule_state"];
  if (isLoadedTree(state)) {
    const driver = new Driver();
    const door = new Door({ driver, position: () => `the loading of ${absolute}` });
    const owner: AnyDataModule = datamodule;
    await driver.run(door.call(owner, "loadStateDict", state));
  }
  return datamodule;
}

/** Gives a module the weights of a checkpoint. */
export async function loadWeights(
  module: LightningModule,
  path: string,
  options: LoadFromCheckpointOptions,
): Promise<void> {
  const { checkpoint, absolute } = await readCheckpoint(path, options);
  await applyWeights(module, checkpoint, absolute, options);
}

async function readCheckpoint(
  path: string,
  options: LoadFromCheckpointOptions,
): Promise<{ readonly checkpoint: LoadedTree; readonly absolute: string }> {
  const files = options.files ?? defaultPort("loadFromCheckpoint()", "files");
  const store = options.store ?? new SafetensorsCheckpointStore(files);
  const absolute = files.resolve(path);
  return { checkpoint: await readCheckpointFile(absolute, files, () => store.load(absolute)), absolute };
}

async function applyWeights(
  module: LightningModule,
  checkpoint: LoadedTree,
  path: string,
  options: LoadFromCheckpointOptions,
): Promise<void> {
  const driver = new Driver();
  const door = new Door({ driver, position: () => `the loading of ${path}` });
  function* steps(): Steps<void> {
    yield* door.call(module, "configureModel");
    yield* door.call(module, "onLoadCheckpoint", checkpoint);
    const weights = weightsOf(checkpoint["state_dict"], { path, entries: Object.keys(checkpoint) });
    yield* door.call(module, "loadStateDict", weights, { strict: options.strict ?? module.strictLoading });
  }
  await driver.run(steps());
}
