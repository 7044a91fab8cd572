import {
  fileFormatOf,
  type FileSystem,
  type HostTensor,
  isPlainObject,
  MisconfigurationError,
  noteFileFormat,
} from "@lightning-ts/core";
import {
  CheckpointNotFoundError,
  defaultPort,
  SafetensorsCheckpointStore,
  type LoadedTree,
} from "@lightning-ts/fabric";
import { isLoadedTree, weightsOf } from "../codecs/checkpoint-tree.js";
import { readPythonFile } from "../read-checkpoint.js";
import { fromPython } from "../torch/from-python.js";
import { readSafetensors } from "./read-safetensors.js";
import { readJson, readShards } from "./read-shards.js";

export interface ReadWeightsOptions {
  /**
   * The entry of a file that holds the weights, if it holds more: `"model"` of `torch.save({"model": …, "step": 3})`.
   * @default "state_dict" where it is there, else the whole file
   */
  readonly key?: string | undefined;
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
}

/** Names of weights in a folder as Hugging Face lays it out, the first that is there is read. */
const IN_FOLDERS = [
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
];

/**
 * The weights in a file or folder, whoever wrote it, for `module.loadStateDict`: `.pt`, `.pth` and `.bin` files of
 * `torch.save`, checkpoints of Python's Lightning and of this library, safetensors, a Hugging Face folder, or the index
 * of weights in several files. What it is, its content says. Nothing in a file is run.
 * @throws CheckpointNotFoundError, CheckpointFormatError, MisconfigurationError where there are no weights in it
 * @example
 * ```ts
 * import { nn } from "@lightning-ts/core";
 * import { readWeights } from "@lightning-ts/pytorch";
 * import { torchTensor, writeTorchFile } from "@lightning-ts/torch-files";
 * import { writeFile } from "node:fs/promises";
 *
 * const bias = torchTensor("float32", [1], new Float32Array([0.5]));
 * const weight = torchTensor("float32", [1, 2], new Float32Array([1, 2]));
 * await writeFile("linear.pt", writeTorchFile({ weight, bias })); // torch.save(linear.state_dict(), "linear.pt")
 * const linear = new nn.Linear(2, 1);
 * linear.loadStateDict(await readWeights("linear.pt"));
 * ```
 */
export async function readWeights(path: string, options: ReadWeightsOptions = {}): Promise<Map<string, HostTensor>> {
  const files = options.files ?? defaultPort("readWeights()", "files");
  const absolute = files.resolve(path);
  const found = await files.stat(absolute);
  if (found?.isDirectory === true) return readWeights(await weightsIn(absolute, files), { ...options, files });
  if (absolute.endsWith(".index.json"))
    return readShards(absolute, files, (shard) => readWeights(shard, { ...options, files }));
  const value = await readPythonFile(absolute, files);
  if (value !== undefined) return namedWeights(fromPython(value, absolute), absolute, options.key);
  const { metadata, tensors } = await readSafetensors(absolute, files);
  if (!metadata.has("__lightning__")) return tensors;
  return namedWeights(await new SafetensorsCheckpointStore(files).load(absolute), absolute, options.key);
}

/** What a Hugging Face folder holds. */
export interface ModelFolder {
  readonly weights: Map<string, HostTensor>;
  /** `config.json`; undefined where there is none. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads a folder as Hugging Face lays it out: `model.safetensors` or its sharded index (else `pytorch_model.bin`), and
 * `config.json`.
 * @throws CheckpointNotFoundError, CheckpointFormatError
 */
export async function readModelFolder(
  path: string,
  options: Pick<ReadWeightsOptions, "files"> = {},
): Promise<ModelFolder> {
  const files = options.files ?? defaultPort("readModelFolder()", "files");
  const folder = files.resolve(path);
  const weights = await readWeights(await weightsIn(folder, files), { files });
  const configPath = files.join(folder, "config.json");
  const config = (await files.stat(configPath))?.isFile === true ? await readJson(configPath, files) : undefined;
  return { weights, config: isPlainObject(config) ? config : undefined };
}

async function weightsIn(folder: string, files: FileSystem): Promise<string> {
  for (const name of IN_FOLDERS) {
    const path = files.join(folder, name);
    if ((await files.stat(path))?.isFile === true) return path;
  }
  throw new CheckpointNotFoundError(files.join(folder, "model.safetensors"), undefined);
}

function namedWeights(tree: LoadedTree, path: string, key: string | undefined): Map<string, HostTensor> {
  const entries = Object.keys(tree);
  const weights = tree[key ?? "state_dict"];
  if (key !== undefined && !isLoadedTree(weights))
    throw new MisconfigurationError({
      code: "LIT_CKPT_KEY",
      message: `${path} has no weights under ${JSON.stringify(key)}.`,
      expected: `one of ${entries.join(", ")}`,
    });
  const named = weightsOf(weights, { path, entries });
  const map = new Map(Object.entries(named));
  noteFileFormat(map, fileFormatOf(named));
  return map;
}
