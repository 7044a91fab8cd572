import { loadKoffi } from "./load-koffi.js";
import type { Pointer } from "./ort-api.js";

/** V8 keeps small typed arrays on its moving heap; an ArrayBuffer of its own is never moved. */
export function addressOf(memory: ArrayBuffer): Pointer {
  return loadKoffi().address(memory);
}

// A view does not keep the memory alive that it shows, so each view keeps its owner here.
const ownerOf = new WeakMap<ArrayBuffer, object>();

/** Memory from an address on, not a copy. Its owner lives as long as the view is referenced. */
export function viewOf(owner: object, address: Pointer, sizeBytes: number): ArrayBuffer {
  const view = loadKoffi().view(address, sizeBytes);
  ownerOf.set(view, owner);
  return view;
}

/** A zero-terminated UTF-8 string in memory that does not move. Keep a reference as long as native code may read it. */
export function nativeString(text: string): ArrayBuffer {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const memory = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(memory).set(bytes);
  return memory;
}

/** A file name as ONNX Runtime takes it: wide characters on Windows. */
export function nativePath(path: string): ArrayBuffer {
  if (process.platform !== "win32") return nativeString(path);
  const memory = new ArrayBuffer((path.length + 1) * 2);
  new Uint16Array(memory).set(Array.from({ length: path.length }, (_, index) => path.charCodeAt(index)));
  return memory;
}

/** One pointer-sized variable that native code fills. */
export class PointerVariable {
  readonly #memory = new ArrayBuffer(8);
  readonly #view = new BigUint64Array(this.#memory);
  readonly address: Pointer = addressOf(this.#memory);

  take(): Pointer {
    const value = this.#view[0] ?? 0n;
    this.#view[0] = 0n;
    return value;
  }
}
