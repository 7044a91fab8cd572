import { isPlainObject, type HostTensor } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import xxhash from "xxhash-wasm";
import { CheckpointFormatError } from "./checkpoint-errors.js";

const ALGORITHM = "xxh64";
/**
 * A piece has room in the page of memory that the checksum's WebAssembly starts with. Memory that grows detaches an
 * `ArrayBuffer`, and with the first that is detached V8 throws away all its compiled code that reads typed arrays.
 */
const PIECE_BYTES = 60 << 10;

type Tensors = ReadonlyMap<string, Tensor | HostTensor>;

/** The checksums of a checkpoint, as text: one for each tensor, its type and shape included, and one for the rest. */
export async function describeChecksums(tensors: Tensors, description: string): Promise<string> {
  const sum = await hasher();
  const byName: [string, string][] = [];
  for (const [name, tensor] of tensors) byName.push([name, sum(await partsOf(tensor))]);
  return JSON.stringify({ algorithm: ALGORITHM, description: sum([description]), tensors: byName });
}

/**
 * @param text what `describeChecksums` gave
 * @throws CheckpointFormatError naming what is not as it was written
 */
export async function verifyChecksums(
  path: string,
  text: string,
  tensors: Tensors,
  description: string,
): Promise<void> {
  const expected = readChecksums(path, text);
  const sum = await hasher();
  if (sum([description]) !== expected.description)
    throw new CheckpointFormatError(path, "its description is damaged: the checksum does not fit.");
  for (const name of expected.tensors.keys())
    if (!tensors.has(name)) throw new CheckpointFormatError(path, `the tensor "${name}" is missing.`);
  for (const [name, tensor] of tensors)
    if (sum(await partsOf(tensor)) !== expected.tensors.get(name))
      throw new CheckpointFormatError(path, `the tensor "${name}" is damaged: its checksum does not fit.`);
}

interface Checksums {
  readonly description: string;
  readonly tensors: ReadonlyMap<string, string>;
}

function readChecksums(path: string, text: string): Checksums {
  const parsed = parse(text);
  const { algorithm, description, tensors } = isPlainObject(parsed) ? parsed : {};
  const isEntry = (entry: unknown): entry is [string, string] =>
    Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "string";
  if (algorithm !== ALGORITHM || typeof description !== "string" || !Array.isArray(tensors) || !tensors.every(isEntry))
    throw new CheckpointFormatError(path, "its checksums cannot be read.");
  return { description, tensors: new Map(tensors) };
}

function parse(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    // Damaged text holds no checksums, and whoever reads them says so.
    return undefined;
  }
}

/** What makes a tensor: its type and shape, and its bytes. */
async function partsOf(tensor: Tensor | HostTensor): Promise<(string | Uint8Array)[]> {
  const values: unknown = tensor instanceof Tensor ? await tensor.data() : tensor.values;
  if (!ArrayBuffer.isView(values)) return [tensor.dtype];
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [`${tensor.dtype}[${tensor.shape.join(",")}]`, bytes];
}

let loaded: ReturnType<typeof xxhash> | undefined;

async function hasher(): Promise<(parts: readonly (string | Uint8Array)[]) => string> {
  loaded ??= xxhash().catch((error: unknown) => {
    loaded = undefined; // The next checkpoint tries again.
    throw error;
  });
  const { create64 } = await loaded;
  return (parts) => {
    const hash = create64();
    for (const part of parts) {
      const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
      for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) hash.update(bytes.subarray(at, at + PIECE_BYTES));
    }
    return hash.digest().toString(16).padStart(16, "0");
  };
}
