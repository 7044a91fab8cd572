import { hostTensor, type HostTensor } from "../data/host-tensor.js";
import { CodecError } from "./codec-error.js";
import { checkValues, decodeValues, dtypeOnHost } from "./safetensors-dtypes.js";
import { parseSafetensorsHeader, type SafetensorsEntry } from "./safetensors-header.js";

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: Map<string, HostTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a safetensors file, whoever wrote it. Values become float32, int32 or bool (see `dtypeOnHost`); copies are
 * made. The whole file is checked before anything is allocated for it.
 * @throws CodecError for anything that is not a valid file, and for integers beyond int32
 */
export function decodeSafetensors(file: Uint8Array): SafetensorsContent {
  const { entries, metadata } = parseSafetensorsHeader(file, file.length);
  for (const { name, dtype, begin, end } of entries) checkValues(name, dtype, file.subarray(begin, end));
  const tensors = new Map(
    entries.map(
      (entry) => [entry.name, decodeSafetensor(entry, new Uint8Array(file.subarray(entry.begin, entry.end)))] as const,
    ),
  );
  return { tensors, metadata };
}

/**
 * Reads one tensor of a file whose header was checked, for files that are read piece by piece.
 * @param bytes those from `entry.begin` to `entry.end`. Numbers of 32 bits are not copied out of bytes that are a whole
 * `ArrayBuffer`, as those of a read are: the tensor takes it over
 */
export function decodeSafetensor(entry: SafetensorsEntry, bytes: Uint8Array): HostTensor {
  const { name, dtype, shape, begin, end } = entry;
  if (bytes.length !== end - begin)
    throw new CodecError({
      message: `The bytes of tensor ${JSON.stringify(name)} are not complete.`,
      expected: `${end - begin} bytes`,
      received: `${bytes.length} bytes`,
    });
  checkValues(name, dtype, bytes);
  return hostTensor(decodeValues(dtype, bytes), shape, dtypeOnHost(dtype));
}
