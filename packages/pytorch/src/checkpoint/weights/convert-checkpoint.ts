import { describeValue, encodeSafetensors, MisconfigurationError, type FileSystem } from "@lightning-ts/core";
import { defaultPort, replaceFile, SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { writeTorchFile } from "@lightning-ts/torch-files";
import { readPythonFile } from "../read-checkpoint.js";
import { fromPython } from "../torch/from-python.js";
import { stateDict, toLightningCheckpoint } from "../torch/to-lightning.js";
import { readWeights } from "./read-weights.js";

/** What a checkpoint can be turned into. */
export type CheckpointFormat = "lightning" | "lightning-ts" | "torch" | "safetensors";

export const CHECKPOINT_FORMATS: readonly CheckpointFormat[] = ["lightning", "lightning-ts", "torch", "safetensors"];

export interface ConvertCheckpointOptions {
  /**
   * - `"lightning"`: a whole checkpoint for Python's `Trainer.fit(ckpt_path=…)`
   * - `"lightning-ts"`: a whole checkpoint for `trainer.fit(…, { ckptPath })` here
   * - `"torch"`: the weights, as `torch.save(model.state_dict(), path)` writes them
   * - `"safetensors"`: the weights, for other tools
   * @default by the output's ending: weights for `.pt`, `.pth`, `.bin` and `.safetensors`, else a whole checkpoint of
   * the other side
   */
  readonly to?: CheckpointFormat | undefined;
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
}

/** What a conversion did. */
export interface ConvertedCheckpoint {
  readonly to: CheckpointFormat;
  /** Entries of the input that the output has no place for. */
  readonly leftOut: readonly string[];
}

/**
 * Turns a checkpoint of Python's Lightning into one of ours, or the other way, or takes the weights out. The output
 * appears whole or not at all.
 * @throws CheckpointNotFoundError, CheckpointFormatError, MisconfigurationError
 * @example
 * ```ts
 * import { convertCheckpoint } from "@lightning-ts/pytorch";
 *
 * export const toPython = () => convertCheckpoint("runs/last.ckpt", "for-python.ckpt"); // Trainer.fit(ckpt_path=…)
 * export const toWeights = () => convertCheckpoint("runs/last.ckpt", "weights.safetensors");
 * ```
 */
export async function convertCheckpoint(
  input: string,
  output: string,
  options: ConvertCheckpointOptions = {},
): Promise<ConvertedCheckpoint> {
  const files = options.files ?? defaultPort("convertCheckpoint()", "files");
  const [from, target] = [files.resolve(input), files.resolve(output)];
  if (from === target) throw refused("Input and output of a conversion are the same file.", "two paths", input);
  if (options.to !== undefined && !CHECKPOINT_FORMATS.includes(options.to))
    throw refused(
      "A checkpoint cannot be converted to this.",
      CHECKPOINT_FORMATS.join(", "),
      describeValue(options.to),
    );
  const value = await readPythonFile(from, files);
  const to = options.to ?? formatOf(target) ?? (value === undefined ? "lightning" : "lightning-ts");
  await files.makeDirectory(files.dirname(target));
  const write = (bytes: Uint8Array) => replaceFile(files, target, (file) => file.write(bytes));
  if (to === "torch" || to === "safetensors") {
    const weights = await readWeights(from, { files });
    await write(to === "torch" ? writeTorchFile(stateDict(Object.fromEntries(weights))) : encodeSafetensors(weights));
    return { to, leftOut: [] };
  }
  const store = new SafetensorsCheckpointStore(files);
  const tree = value === undefined ? await store.load(from) : fromPython(value, from);
  if (to === "lightning-ts") {
    await store.save(target, tree, { weights: "state_dict" });
    return { to, leftOut: [] };
  }
  const { bytes, leftOut } = toLightningCheckpoint(tree);
  await write(bytes);
  return { to, leftOut };
}

function formatOf(path: string): CheckpointFormat | undefined {
  if (path.endsWith(".safetensors")) return "safetensors";
  return /\.(?:pt|pth|bin)$/.test(path) ? "torch" : undefined;
}

function refused(message: string, expected: string, received: string): MisconfigurationError {
  return new MisconfigurationError({ message, expected, received });
}
