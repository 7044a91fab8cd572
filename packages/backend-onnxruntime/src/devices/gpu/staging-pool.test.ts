import { afterAll, describe, expect, it } from "vitest";
import { addressOf } from "../../session/native-memory.js";
import { locateLibrary } from "../../session/library-location.js";
import { useSoftwareGpu } from "../../testing/software-gpu.js";
import { cudaDevice } from "../cuda/cuda-device.js";
import { openGraphRunner } from "../open-graph-runner.js";
import { webGpuDevice } from "../webgpu/webgpu-device.js";
import { GpuRunner } from "./gpu-runner.js";
import { stagingPool } from "./staging-pool.js";

const hasGpu = useSoftwareGpu();

/** The software device, whose uploads go through memory of ONNX Runtime's allocator of this name. */
function stagedRunner(stagingName: string, onWarning?: (message: string) => void): GpuRunner {
  const location = locateLibrary();
  if (!location.isFound) throw new Error(location.reason);
  return new GpuRunner({ ...webGpuDevice(), stagingName }, { libraryPath: location.path, onWarning });
}

it("is page-locked memory on CUDA where that is asked for, and the process's own elsewhere", () => {
  expect(cudaDevice({ pinMemory: true }).stagingName).toBe("CudaPinned");
  expect(
    [cudaDevice(), cudaDevice({ pinMemory: false }), webGpuDevice()].map(({ stagingName }) => stagingName),
  ).toEqual([undefined, undefined, undefined]);
});

describe("memory for uploads", () => {
  /** An allocator over memory of the process. */
  function allocator(limitBytes: number): {
    readonly allocate: (bytes: number) => { capacityBytes: number; address: bigint; list: [] } | string;
  } {
    const kept: ArrayBuffer[] = [];
    return {
      allocate: (capacityBytes) => {
        if (capacityBytes > limitBytes) return "no room";
        kept.push(new ArrayBuffer(capacityBytes));
        return { capacityBytes, address: addressOf(kept.at(-1) ?? new ArrayBuffer(0)), list: [] };
      },
    };
  }

  it("is not used again before the run that copies out of it has ended", () => {
    let completed = 4;
    const open = () => allocator(4096);
    const pool = stagingPool({
      name: "x",
      open,
      discard: () => {},
      completed: () => completed,
      onWarning: expect.unreachable,
    });
    const first = pool.allocate(1000);
    first.lastRun = 5;
    pool.free(first);
    const second = pool.allocate(1000);
    expect(second).not.toBe(first);
    expect(second.values.address).not.toBe(first.values.address);
    completed = 5;
    expect(pool.allocate(1000)).toBe(first);
  });

  it("is ordinary memory where there is no other, which is said once", () => {
    const said: string[] = [];
    const onWarning = (message: string) => said.push(message);
    const pool = (open: Parameters<typeof stagingPool>[0]["open"]) =>
      stagingPool({ name: "CudaPinned", open, discard: () => {}, completed: () => 0, onWarning });
    const without = pool(() => "No requested allocator available");
    expect([without.allocate(100), without.allocate(5000)].map(({ sizeBytes }) => sizeBytes)).toEqual([100, 5000]);
    expect(said).toEqual([
      "Batches go to the device through ordinary memory, because there is no CudaPinned: No requested allocator available",
    ]);
    const small = pool(() => allocator(4096));
    expect(small.allocate(64).memory.byteLength).toBe(64);
    expect(said).toHaveLength(1);
    expect(small.allocate(10_000).memory.byteLength).toBeGreaterThanOrEqual(10_000);
    expect(said[1]).toContain("no room");
  });
});

describe.skipIf(!hasGpu)("uploads on the software device", () => {
  const said: string[] = [];
  const runners = [stagedRunner("Cpu", (message) => said.push(message)), openGraphRunner({ device: "webgpu" })];
  afterAll(() => Promise.all(runners.map((runner) => runner.close())));

  it("through memory of ONNX Runtime's own bring every value", () => {
    for (const runner of runners) {
      for (const count of [1, 3, 17, 4097, 1_000_003]) {
        const values = Float32Array.from({ length: count }, (_, i) => (i % 5 === 0 ? -0 : Math.sin(i) * 1e30));
        const buffer = runner.allocate(count * 4);
        runner.upload(buffer, "float32", values);
        expect(Buffer.compare(bytesOf(runner.download(buffer, "float32", count)), bytesOf(values))).toBe(0);
        runner.free(buffer);
      }
      const flags = runner.allocate(3);
      runner.upload(flags, "bool", [2, 0, 1]);
      expect([...runner.download(flags, "bool", 3)]).toEqual([1, 0, 1]);
    }
    expect(said).toEqual([]);
  });

  it("of one size that wait together do not write over each other", async () => {
    const [runner = expect.unreachable()] = runners;
    const count = 50_000;
    const buffers = Array.from({ length: 24 }, (_, i) => {
      const buffer = runner.allocate(count * 4);
      runner.upload(buffer, "int32", new Int32Array(count).fill(i));
      return buffer;
    });
    for (const [i, buffer] of buffers.entries()) {
      const values = await runner.fetch?.(buffer, "int32", count);
      expect(values?.every((value) => value === i)).toBe(true);
      runner.free(buffer);
    }
  });

  it("that fail halfway give their memory back", () => {
    const [runner = expect.unreachable()] = runners;
    const buffer = runner.allocate(64);
    const broken = {
      length: 2,
      get 0(): number {
        throw new RangeError("broken");
      },
    };
    expect(() => runner.upload(buffer, "float32", broken as unknown as number[])).toThrow("broken");
    runner.upload(buffer, "float32", [1, 2]);
    expect([...runner.download(buffer, "float32", 2)]).toEqual([1, 2]);
  });

  it("go through ordinary memory where the library has none of that name, which is said once", async () => {
    const warnings: string[] = [];
    const runner = stagedRunner("CudaPinned", (message) => warnings.push(message));
    const buffer = runner.allocate(40_000);
    for (const length of [10, 10_000]) {
      const values = Array.from({ length }, (_, i) => i);
      runner.upload(buffer, "float32", values);
      expect([...runner.download(buffer, "float32", length)]).toEqual(values);
    }
    expect(warnings).toEqual([expect.stringMatching(/ordinary memory, because there is no CudaPinned: ./)]);
    await runner.close();
  });
});

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
