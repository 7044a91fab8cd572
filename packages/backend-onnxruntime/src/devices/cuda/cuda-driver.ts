import type { LibraryHandle } from "../../session/load-koffi.js";
import { loadLibrary } from "../../session/load-library.js";
import { addressOf } from "../../session/native-memory.js";

const LIBRARY: Readonly<Partial<Record<NodeJS.Platform, string>>> = { linux: "libcuda.so.1", win32: "nvcuda.dll" };
const SUCCESS = 0;
const NAME_BYTES = 256;

/** What NVIDIA's driver knows. */
export interface CudaDriver {
  /** The machine's GPUs, in the driver's order. */
  readonly names: readonly string[];
  /** Why there are none. */
  readonly reason: string;
}

/** Asks NVIDIA's driver for its GPUs; makes no context on them. */
export function cudaDriver(): CudaDriver {
  const file = LIBRARY[process.platform];
  const library = file === undefined ? undefined : open(file);
  if (library === undefined) return { names: [], reason: `NVIDIA's driver (${file ?? "CUDA"}) is not installed.` };
  const init = library.func("cuInit", "int", ["uint"]);
  const countDevices = library.func("cuDeviceGetCount", "int", ["void *"]);
  const readName = library.func("cuDeviceGetName", "int", ["void *", "int", "int"]);
  const error: unknown = init(0);
  if (error !== SUCCESS) return { names: [], reason: `NVIDIA's driver finds no GPU (cuInit gives ${String(error)}).` };
  const count = new Int32Array(new ArrayBuffer(8));
  countDevices(addressOf(count.buffer));
  const names = Array.from({ length: count[0] ?? 0 }, (_, device) => {
    const name = new ArrayBuffer(NAME_BYTES);
    readName(addressOf(name), NAME_BYTES, device);
    return new TextDecoder().decode(name).split("\0", 1)[0] ?? "";
  });
  return { names, reason: "NVIDIA's driver finds no GPU." };
}

function open(file: string): LibraryHandle | undefined {
  try {
    return loadLibrary(file);
  } catch {
    return undefined; // not installed
  }
}
