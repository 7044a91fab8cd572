import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { PAGE_BYTES } from "../programs/wasm-pages.js";
import { MemoryPiece } from "./memory-piece.js";
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
    expect(first.memory).toBeInstanceOf(ArrayBuffer);
    expect(first.memory.byteLength).toBe(100);
    expect(first.memory).toBe(first.memory);
    expect(addressOf(first.memory)).toBe(first.address);
    expect(first.address % 64n).toBe(0n);
    expect(second.address - first.address).toBe(128n);
    new Uint8Array(second.memory).fill(7);
    const place = Number(second.address - shared.base);
    expect(new Uint8Array(shared.memory.buffer, place, 64)).toEqual(new Uint8Array(64).fill(7));
  });

  it("grows where it lies, up to its limit, and says so when it is full", () => {
    const shared = new SharedMemory(20);
    const early = shared.allocate(1000);
    if (early === undefined) throw new Error("there is room");
    new Uint8Array(early.memory).fill(3);
    const before = early.address;
    const large = shared.allocate(19 * PAGE_BYTES);
    expect(large?.byteLength).toBe(19 * PAGE_BYTES);
    expect(early.address).toBe(before);
    expect(new Uint8Array(early.memory)).toEqual(new Uint8Array(1000).fill(3));
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
    shared.giveBack(new MemoryPiece(shared.base, 64));
    expect(shared.allocate(PAGE_BYTES / 2)).toBeDefined();
    expect(shared.allocate(PAGE_BYTES / 2)).toBeDefined();
    expect(shared.allocate(64)).toBeUndefined();
  });

  it("uses again what nobody references any more, and not what a view still shows", async () => {
    const shared = new SharedMemory(2);
    const kept = new Uint8Array(shared.allocate(PAGE_BYTES)?.memory ?? new ArrayBuffer(0)).subarray(5, 10).fill(9);
    shared.allocate(PAGE_BYTES);
    expect(shared.allocate(64)).toBeUndefined();
    let again: MemoryPiece | undefined;
    for (let round = 0; round < 50 && again === undefined; round += 1) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 5));
      again = shared.allocate(PAGE_BYTES);
    }
    new Uint8Array(again?.memory ?? new ArrayBuffer(0)).fill(1);
    expect(again?.byteLength).toBe(PAGE_BYTES);
    expect(kept).toEqual(new Uint8Array(5).fill(9));
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(shared.allocate(64)).toBeUndefined();
  });

  it("tells V8 of what somebody looks at, and of all that is in use beyond 64 MiB", () => {
    const shared = new SharedMemory(4000);
    const before = process.memoryUsage().external;
    const grown = () => Math.round((process.memoryUsage().external - before) / 2 ** 20);
    const unknown = [shared.allocate(20 * 2 ** 20), shared.allocate(30 * 2 ** 20)];
    expect(grown()).toBe(0);
    expect(unknown[0]?.memory.byteLength).toBe(20 * 2 ** 20);
    expect(grown()).toBe(20);
    const known = shared.allocate(40 * 2 ** 20);
    expect(grown()).toBe(60);
    if (known !== undefined) shared.giveBack(known);
    expect(shared.allocate(10 * 2 ** 20)).toBeDefined();
    expect(grown()).toBe(60);
    expect(unknown).toHaveLength(2);
  });

  it.runIf(process.platform === "linux")("returns the pages of what was given back to the system", () => {
    const shared = new SharedMemory(8000);
    const before = residentMiB();
    const buffers = Array.from({ length: 4 }, () => shared.allocate(100 * 2 ** 20));
    for (const buffer of buffers) new Uint8Array(buffer?.memory ?? new ArrayBuffer(0)).fill(1);
    const filled = residentMiB();
    for (const buffer of buffers) if (buffer !== undefined) shared.giveBack(buffer);
    expect(filled - before).toBeGreaterThan(380);
    expect(residentMiB() - before).toBeLessThan(120);
    expect(new Uint8Array(shared.allocate(100 * 2 ** 20)?.memory ?? new ArrayBuffer(1))[0]).toBe(0);
  });
});
