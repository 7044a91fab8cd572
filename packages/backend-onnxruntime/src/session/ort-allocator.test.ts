import { describe, expect, it } from "vitest";
import { loadKoffi } from "./load-koffi.js";
import { type AllocatorApi, MEMORY_TYPE, OrtAllocator } from "./ort-allocator.js";
import type { NativeArgument, Pointer } from "./ort-api.js";

const SESSION = 7n;
const MEMORY_INFO = 100n;
const ALLOCATOR = 200n;
const VALUE = 300n;
const ADDRESS = 400n;
const PINNED = { name: "CudaPinned", index: 1, type: MEMORY_TYPE.host };

/** An ONNX Runtime that notes what it is asked for, and fails in one function. */
function fakeApi(failing?: string): { readonly api: AllocatorApi; readonly calls: string[] } {
  const calls: string[] = [];
  const answer =
    (name: string, result: Pointer) =>
    (...args: NativeArgument[]): Pointer => {
      calls.push(`${name} ${args.slice(0, -1).map(String).join(" ")}`);
      if (name === failing) return 1n;
      const out = args.at(-1);
      if (typeof out === "bigint") new BigUint64Array(loadKoffi().view(out, 8))[0] = result;
      return 0n;
    };
  const api: AllocatorApi = {
    functions: {
      createMemoryInfo: answer("createMemoryInfo", MEMORY_INFO),
      createAllocator: answer("createAllocator", ALLOCATOR),
      createTensorAsOrtValue: answer("createTensorAsOrtValue", VALUE),
      getTensorMutableData: answer("getTensorMutableData", ADDRESS),
      releaseMemoryInfo: (memoryInfo) => calls.push(`releaseMemoryInfo ${String(memoryInfo)}`),
      releaseValue: (value) => calls.push(`releaseValue ${String(value)}`),
    },
    takeError: (status) => (status === 0n ? undefined : `no ${failing ?? ""}`),
  };
  return { api, calls };
}

function open(api: AllocatorApi): OrtAllocator {
  const allocator = OrtAllocator.of(api, SESSION, PINNED);
  if (typeof allocator === "string") throw new Error(allocator);
  return allocator;
}

describe("OrtAllocator", () => {
  it("asks a session for memory by name, number and type", () => {
    const { api, calls } = fakeApi();
    const values = open(api).allocate(4096);
    expect(values).toEqual({ capacityBytes: 4096, address: ADDRESS, memoryInfo: MEMORY_INFO, owner: VALUE, list: [] });
    expect(calls.slice(0, 2)).toEqual(["createMemoryInfo CudaPinned 0 1 -1", "createAllocator 7 100"]);
    expect(calls[2]).toMatch(/^createTensorAsOrtValue 200 \d+ 1 6$/);
    expect(calls[3]).toBe("getTensorMutableData 300");
  });

  it("says why there is no such memory, and keeps nothing", () => {
    const unknown = fakeApi("createMemoryInfo");
    expect(OrtAllocator.of(unknown.api, SESSION, PINNED)).toBe("no createMemoryInfo");
    const missing = fakeApi("createAllocator");
    expect(OrtAllocator.of(missing.api, SESSION, PINNED)).toBe("no createAllocator");
    expect(missing.calls.at(-1)).toBe("releaseMemoryInfo 100");
  });

  it("says why there is no more of it, and keeps nothing", () => {
    expect(open(fakeApi("createTensorAsOrtValue").api).allocate(64)).toBe("no createTensorAsOrtValue");
    const { api, calls } = fakeApi("getTensorMutableData");
    expect(open(api).allocate(64)).toBe("no getTensorMutableData");
    expect(calls.at(-1)).toBe("releaseValue 300");
  });
});
