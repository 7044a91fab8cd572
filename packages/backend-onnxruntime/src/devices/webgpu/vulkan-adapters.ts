import type { LibraryHandle } from "../../session/load-koffi.js";
import { loadLibrary } from "../../session/load-library.js";
import type { Hardware } from "../hardware.js";
import { addressOf, PointerVariable } from "../../session/native-memory.js";

const LIBRARY = "libvulkan.so.1";
const SUCCESS = 0;
const INSTANCE_CREATE_INFO = 1;
const CREATE_INFO_BYTES = 64;
/** Larger than `VkPhysicalDeviceProperties`, of which the first fields are read. */
const PROPERTIES_BYTES = 1024;
const TYPE_OFFSET = 16;
const NAME_OFFSET = 20;
const NAME_BYTES = 256;
const TYPE_CPU = 4;

/**
 * The adapters of this machine, as Vulkan's loader lists them (Linux).
 * @returns `undefined` where the loader is not installed
 */
export function vulkanAdapters(): readonly Hardware[] | undefined {
  const library = openLoader();
  if (library === undefined) return undefined;
  const createInstance = library.func("vkCreateInstance", "int", ["void *", "void *", "void *"]);
  const destroyInstance = library.func("vkDestroyInstance", "void", ["void *", "void *"]);
  const info = new ArrayBuffer(CREATE_INFO_BYTES);
  new Uint32Array(info)[0] = INSTANCE_CREATE_INFO;
  const out = new PointerVariable();
  if (createInstance(addressOf(info), 0n, out.address) !== SUCCESS) return [];
  const instance = out.take();
  try {
    return adaptersOf(library, instance);
  } finally {
    destroyInstance(instance, 0n);
  }
}

function openLoader(): LibraryHandle | undefined {
  try {
    return loadLibrary(LIBRARY);
  } catch {
    return undefined; // not installed
  }
}

function adaptersOf(library: LibraryHandle, instance: bigint): readonly Hardware[] {
  const enumerate = library.func("vkEnumeratePhysicalDevices", "int", ["void *", "void *", "void *"]);
  const readProperties = library.func("vkGetPhysicalDeviceProperties", "void", ["void *", "void *"]);
  const count = new Uint32Array(new ArrayBuffer(8));
  if (enumerate(instance, addressOf(count.buffer), 0n) !== SUCCESS) return [];
  const devices = new BigUint64Array(new ArrayBuffer(Math.max(1, count[0] ?? 0) * 8));
  enumerate(instance, addressOf(count.buffer), addressOf(devices.buffer));
  return Array.from(devices.subarray(0, count[0]), (device) => {
    const properties = new ArrayBuffer(PROPERTIES_BYTES);
    readProperties(device, addressOf(properties));
    const name = new TextDecoder().decode(new Uint8Array(properties, NAME_OFFSET, NAME_BYTES)).split("\0", 1)[0] ?? "";
    return { name, isSoftware: new Uint32Array(properties, TYPE_OFFSET, 1)[0] === TYPE_CPU };
  });
}
