import { isPlainObject, type FileSystem, type HostTensor } from "@lightning-ts/core";
import { CheckpointFormatError } from "@lightning-ts/fabric";

type ReadWeights = (path: string) => Promise<ReadonlyMap<string, HostTensor>>;

/**
 * Reads weights that Hugging Face has split over several files. @param path of the index, which says where each is
 * @throws CheckpointFormatError where the index is none, or a tensor is not where it says
 */
export async function readShards(path: string, files: FileSystem, read: ReadWeights): Promise<Map<string, HostTensor>> {
  const placed = await readIndex(path, files);
  const weights = new Map<string, HostTensor>();
  for (const shard of new Set(placed.values())) {
    const tensors = await read(files.join(files.dirname(path), shard));
    for (const [name, place] of placed) {
      if (place !== shard) continue;
      const tensor = tensors.get(name);
      if (tensor === undefined)
        throw new CheckpointFormatError(path, `it says that ${name} is in ${shard}, where it is not.`);
      weights.set(name, tensor);
    }
  }
  return weights;
}

async function readIndex(path: string, files: FileSystem): Promise<ReadonlyMap<string, string>> {
  const index = await readJson(path, files);
  const map = isPlainObject(index) ? index["weight_map"] : undefined;
  if (!isPlainObject(map)) throw new CheckpointFormatError(path, "it has no weight_map.");
  const placed = new Map<string, string>();
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== "string" || !/^[\w-][\w.-]*$/.test(shard))
      throw new CheckpointFormatError(path, `it places ${name} in something that is no file beside it.`);
    placed.set(name, shard);
  }
  return placed;
}

/** @throws CheckpointFormatError where it is no JSON */
export async function readJson(path: string, files: FileSystem): Promise<unknown> {
  const bytes = await files.readFile(path);
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value;
  } catch (cause) {
    throw new CheckpointFormatError(path, "it is no JSON.", cause);
  }
}
