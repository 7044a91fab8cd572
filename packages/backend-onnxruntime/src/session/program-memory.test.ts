import { afterEach, expect, it, vi } from "vitest";
import { PAGE_BYTES } from "../programs/wasm-pages.js";
import { loadKoffi } from "./load-koffi.js";
import { giveProgramMemory, takeProgramMemory } from "./program-memory.js";
import { sharedMemory } from "./shared-memory.js";

vi.mock("./shared-memory.js", () => ({ sharedMemory: vi.fn(() => undefined) }));

afterEach(() => vi.unstubAllGlobals());

it("is one of its own where there is none that buffers lie in", () => {
  const own = takeProgramMemory(2);
  expect(sharedMemory).toHaveBeenCalled();
  expect(own.base).toBe(loadKoffi().address(new Uint8Array(own.memory.buffer)));
  expect(own.scratch).toHaveLength(2);
  const [first = 0, second = 0] = own.scratch;
  expect(second - first).toBeGreaterThanOrEqual(PAGE_BYTES);
  expect(own.memory.buffer.byteLength).toBe(second + (second - first));
  giveProgramMemory(own);
  expect(takeProgramMemory(1)).toBe(own);
});

it("says what to do where the system reserves nothing", () => {
  class Refused {
    constructor() {
      throw new RangeError("could not allocate memory");
    }
  }
  vi.stubGlobal("WebAssembly", { ...WebAssembly, Memory: Refused });
  expect(() => takeProgramMemory(3)).toThrow(
    /could not allocate memory.*10 GB.*ulimit -v.*--disable-wasm-trap-handler/,
  );
});
