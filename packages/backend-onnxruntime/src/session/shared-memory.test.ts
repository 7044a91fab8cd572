import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { PAGE_BYTES } from "../programs/wasm-pages.js";
import { addressOf } from "./native-memory.js";
import { SharedMemory } from "./shared-memory.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const residentMiB = () => process.memoryUsage.rss() / 2 ** 20;

describe("SharedMemory", () => {
  it("gives memory that starts at multiples of 64 bytes and shows what WebAssembly sees", () => {
    const shared = new SharedMemory(4);
    const [first, second] = [shared.allocate(100), shared.allocate(64)];
    if (first === undefined || second === undefined) throw new Error("there is room");
    expect(first.byteLength).toBe(100);
    expect(first).toBeInstanceOf(ArrayBuffer);
    expect(addressOf(first) % 64n).toBe(0n);
    expect(addressOf(second) - addressOf(first)).toBe(128n);
    new Uint8Array(second).fill(7);
    const place = Number(addressOf(second) - shared.base);
    expect(new Uint8Array(shared.memory.buffer, place, 64)).toEqual(new Uint8Array(64).fill(7));
  });

  it("grows where it lies, up to its limit, and says so when it is full", () => {
    const shared = new SharedMemory(20);
    const early = shared.allocate(1000);
    if (early === undefined) throw new Error("there is room");
    new Uint8Array(early).fill(3);
    const before = addressOf(early);
    const large = shared.allocate(19 * PAGE_BYTES);
    expect(large?.byteLength).toBe(19 * PAGE_BYTES);
    expect(addressOf(early)).toBe(before);
    expect(new Uint8Array(early)).toEqual(new Uint8Array(1000).fill(3));
    expect(shared.allocate(PAGE_BYTES)).toBeUndefined();
    expect(shared.allocate(PAGE_BYTES - 1024)?.byteLength).toBe(PAGE_BYTES - 1024);
    expect(shared.allocate(1)).toBeUndefined();
  });

  it("uses again what was given back, once", () => {
    const shared = new SharedMemory(1);
    const first = shared.allocate(PAGE_BYTES);
    if (first === undefined) throw new Error("there is room");
    shared.giveBack(first);
    shared.giveBack(first);
    shared.giveBack(new ArrayBuffer(64));
    expect(shared.allocate(PAGE_BYTES / 2)).toBeDefined();
    expect(shared.allocate(PAGE_BYTES / 2)).toBeDefined();
    expect(shared.allocate(64)).toBeUndefined();
  });

  it("uses again what nobody references any more, and not what a view still shows", async () => {
    const shared = new SharedMemory(2);
    const kept = new Uint8Array(shared.allocate(PAGE_BYTES) ?? new ArrayBuffer(0)).subarray(5, 10).fill(9);
    shared.allocate(PAGE_BYTES);
    expect(shared.allocate(64)).toBeUndefined();
    let again: ArrayBuffer | undefined;
    for (let round = 0; round < 50 && again === undefined; round += 1) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 5));
      again = shared.allocate(PAGE_BYTES);
    }
    new Uint8Array(again ?? new ArrayBuffer(0)).fill(1);
    expect(again?.byteLength).toBe(PAGE_BYTES);
    expect(kept).toEqual(new Uint8Array(5).fill(9));
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(shared.allocate(64)).toBeUndefined();
  });

  it.runIf(process.platform === "linux")("returns the pages of what was given back to the system", () => {
    const shared = new SharedMemory(8000);
    const before = residentMiB();
    const buffers = Array.from({ length: 4 }, () => shared.allocate(100 * 2 ** 20));
    for (const buffer of buffers) new Uint8Array(buffer ?? new ArrayBuffer(0)).fill(1);
    const filled = residentMiB();
    for (const buffer of buffers) if (buffer !== undefined) shared.giveBack(buffer);
    expect(filled - before).toBeGreaterThan(380);
    expect(residentMiB() - before).toBeLessThan(120);
    expect(new Uint8Array(shared.allocate(100 * 2 ** 20) ?? new ArrayBuffer(1))[0]).toBe(0);
  });
});
