import { TorchValueError } from "../errors/torch-value-error.js";
import { PickleWriter, type WritableValue } from "../pickle/write-pickle.js";
import { swapBytes } from "../values/gather.js";
import { PyDict, PyGlobal, PyTuple } from "../values/py-values.js";
import { factsOf } from "../values/torch-dtypes.js";
import type { TorchStorage, TorchTensor } from "../values/torch-tensor.js";
import { writeZip } from "../zip/write-zip.js";

const FOLDER = "archive/";

/**
 * A file as `torch.save` writes it, in the format of PyTorch 1.6 and later. `torch.load(path, weights_only=True)` reads
 * it. Tensors that share a storage share it in the file.
 * @throws TorchValueError for a value that such a file cannot hold
 * @example
 * ```ts
 * import { readTorchFile, torchTensor, writeTorchFile } from "@lightning-ts/torch-files";
 *
 * const weight = torchTensor("float32", [2, 2], new Float32Array([1, 2, 3, 4]));
 * const file = writeTorchFile(new Map([["fc.weight", weight]])); // torch.load(path) gives { "fc.weight": tensor }
 * console.log(readTorchFile(file).unknownClasses); // []
 * ```
 */
export function writeTorchFile(value: WritableValue): Uint8Array<ArrayBuffer> {
  const storages = new Map<
    TorchStorage,
    { readonly key: string; readonly dtype: string; readonly bytes: Uint8Array }
  >();
  const pickle = new PickleWriter((tensor, writer) => {
    const facts = factsOf(tensor.dtype);
    const known = storages.get(tensor.storage);
    const stored = known ?? { key: String(storages.size), dtype: tensor.dtype, bytes: littleEndian(tensor) };
    if (stored.dtype !== tensor.dtype)
      throw new TorchValueError({
        message: "Two tensors of different dtypes share a storage, which a file of torch.save cannot hold.",
        received: `${stored.dtype} and ${tensor.dtype}`,
      });
    storages.set(tensor.storage, stored);
    writeTensor(tensor, stored.key, facts, writer);
  }).write(value);
  const text = new TextEncoder();
  return writeZip(
    new Map([
      [`${FOLDER}data.pkl`, pickle],
      [`${FOLDER}byteorder`, text.encode("little")],
      ...[...storages.values()].map(({ key, bytes }) => [`${FOLDER}data/${key}`, bytes] as const),
      [`${FOLDER}version`, text.encode("3\n")],
    ]),
  );
}

function littleEndian({ storage, dtype }: TorchTensor): Uint8Array {
  if (storage.byteOrder === "little") return storage.bytes;
  const turned = new Uint8Array(storage.bytes);
  swapBytes(turned, factsOf(dtype).wordBytes);
  return turned;
}

/** Dtypes without a class of storages need the newer way to say what a tensor is. */
function writeTensor(
  { dtype, storage, offset, shape, strides, requiresGrad }: TorchTensor,
  key: string,
  facts: ReturnType<typeof factsOf>,
  writer: PickleWriter,
): void {
  const isTyped = facts.storage !== undefined;
  writer.global("torch._utils", isTyped ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
  writer.call(() => {
    writer.storage({
      module: isTyped ? "torch" : "torch.storage",
      name: facts.storage ?? "UntypedStorage",
      key,
      count: isTyped ? Math.floor(storage.bytes.length / facts.sizeBytes) : storage.bytes.length,
    });
    writer.value(offset);
    writer.value(new PyTuple([...shape]));
    writer.value(new PyTuple([...strides]));
    writer.value(requiresGrad);
    writer.value(new PyDict([], "collections.OrderedDict"));
    if (!isTyped) writer.value(new PyGlobal(`torch.${dtype}`));
  });
}
