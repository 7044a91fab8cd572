import { type DataType, Tensor } from "@tensorflow/tfjs-core";
import { type HostTensor, sizeOf } from "../data/host-tensor.js";
import type { WritableFile } from "../ports/file-system.js";
import { CodecError } from "./codec-error.js";
import type { SafetensorsDType } from "./safetensors-dtypes.js";
import { bytesOf, MAX_HEADER_BYTES, MAX_HEADER_VALUES } from "./safetensors-header.js";

/** In the order in which their bytes are written, so that every tensor is aligned. */
const WRITTEN_DTYPES = new Map<DataType, SafetensorsDType>([
  ["float32", "F32"],
  ["int32", "I32"],
  ["bool", "BOOL"],
]);

/** What can be written: values on the host, or tensors of a backend, which are read when their turn comes. */
export type SafetensorsSource = ReadonlyMap<string, HostTensor | Tensor>;

/**
 * A safetensors file of tensors on the host: the same bytes as Python's `safetensors` writes.
 * @param metadata free texts by name
 * @throws CodecError for strings and complex numbers, and for names that the format cannot hold
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const plan = planFile(tensors, metadata);
  const file = new Uint8Array(plan.header.length + plan.sizeBytes);
  file.set(plan.header);
  let at = plan.header.length;
  for (const { name, tensor } of plan.parts) {
    const bytes = bytesOfValues(name, tensor.values);
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/**
 * Writes a safetensors file piece by piece, so that no second copy of all values is in memory. Neither flushes nor
 * closes. The tensors must not be disposed before the promise resolves.
 * @throws CodecError as `encodeSafetensors`, before anything is written
 */
export async function writeSafetensors(
  file: WritableFile,
  tensors: SafetensorsSource,
  metadata: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const plan = planFile(tensors, metadata);
  await file.write(plan.header);
  for (const { name, tensor } of plan.parts) {
    const values: unknown = tensor instanceof Tensor ? await tensor.data() : tensor.values;
    const bytes = bytesOfValues(name, values);
    if (bytes.length > 0) await file.write(bytes);
  }
}

interface FilePlan<TTensor> {
  readonly header: Uint8Array;
  readonly sizeBytes: number;
  readonly parts: readonly { readonly name: string; readonly tensor: TTensor }[];
}

function planFile<TTensor extends HostTensor | Tensor>(
  tensors: ReadonlyMap<string, TTensor>,
  metadata: ReadonlyMap<string, string>,
): FilePlan<TTensor> {
  const rank = [...WRITTEN_DTYPES.values()];
  const parts = [...tensors]
    .map(([name, tensor]) => ({ name, tensor, dtype: writtenDtype(name, tensor) }))
    .sort((a, b) => rank.indexOf(a.dtype) - rank.indexOf(b.dtype) || compareCodePoints(a.name, b.name));
  const fields: string[] = [];
  if (metadata.size > 0)
    fields.push(`"__metadata__":{${[...metadata].map(([key, text]) => `${quote(key)}:${quote(text)}`).join(",")}}`);
  requireReadable("values", MAX_HEADER_VALUES, valuesInHeader(tensors, metadata));
  let sizeBytes = 0;
  for (const { name, tensor, dtype } of parts) {
    const end = sizeBytes + sizeOf(tensor.shape) * bytesOf(dtype);
    fields.push(
      `${quote(name)}:{"dtype":"${dtype}","shape":[${tensor.shape.join(",")}],"data_offsets":[${sizeBytes},${end}]}`,
    );
    sizeBytes = end;
  }
  return { header: frameHeader(`{${fields.join(",")}}`), sizeBytes, parts };
}

/** The header's length in 8 bytes, the text, and spaces up to a multiple of 8. */
function frameHeader(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  requireReadable("bytes", MAX_HEADER_BYTES, encoded.length);
  const length = Math.ceil(encoded.length / 8) * 8;
  const framed = new Uint8Array(8 + length).fill(0x20);
  new DataView(framed.buffer).setBigUint64(0, BigInt(length), true);
  framed.set(encoded, 8);
  return framed;
}

/** As they are counted when the file is read: all that a comma or a bracket begins, and the first. */
function valuesInHeader(
  tensors: ReadonlyMap<string, HostTensor | Tensor>,
  metadata: ReadonlyMap<string, string>,
): number {
  let count = 2 + metadata.size;
  for (const { shape } of tensors.values()) count += 8 + shape.length;
  return count;
}

/** @throws CodecError for what no reader would take back: then the file that was there before is better */
function requireReadable(what: "values" | "bytes", most: number, count: number): void {
  if (count <= most) return;
  throw new CodecError({
    message: "This does not fit into the header of one safetensors file.",
    expected: `at most ${most} ${what}, names and metadata included`,
    received: `${count}`,
    tryThis: "large lists of numbers as tensors, or several files.",
  });
}

function writtenDtype(name: string, { dtype }: HostTensor | Tensor): SafetensorsDType {
  const written = WRITTEN_DTYPES.get(dtype);
  if (written === undefined)
    throw new CodecError({
      message: `Tensor ${JSON.stringify(name)} cannot be written as safetensors.`,
      expected: "float32, int32 or bool",
      received: dtype,
    });
  if (name === "__metadata__")
    throw new CodecError({
      message: 'A tensor cannot be called "__metadata__" in a safetensors file.',
      tryThis: "another name.",
    });
  return written;
}

function bytesOfValues(name: string, values: unknown): Uint8Array {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  throw new CodecError({
    message: `The values of tensor ${JSON.stringify(name)} are not what its dtype says.`,
    expected: "a Float32Array, Int32Array or Uint8Array",
  });
}

function quote(text: string): string {
  if (/\p{Surrogate}/u.test(text))
    throw new CodecError({
      message: "A name or a text holds half of a character.",
      expected: "well-formed Unicode",
      received: JSON.stringify(text),
    });
  return JSON.stringify(text);
}

/** The order of the UTF-8 bytes. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
