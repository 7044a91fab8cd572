import { readFileSync } from "node:fs";
import { cpus, freemem, totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { CpuTimes, EventLoopWatch, Machine, MachineMemory } from "@lightning-ts/core";

/** The machine as Node and, on Linux, the kernel tell of it. */
export function nodeMachine(): Machine {
  return { cpuTimes, memory, watchEventLoop };
}

function cpuTimes(): CpuTimes {
  let [busyMs, totalMs] = [0, 0];
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs };
}

function memory(): MachineMemory {
  const { rss: residentBytes, heapUsed: heapUsedBytes } = process.memoryUsage();
  const known = { totalBytes: totalmem(), availableBytes: freemem(), residentBytes, heapUsedBytes };
  const text = process.platform === "linux" ? readMeminfo() : "";
  const bytesOf = (name: string): number | undefined => {
    const kilobytes = new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(text)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  };
  const availableBytes = bytesOf("MemAvailable") ?? known.availableBytes;
  return { ...known, availableBytes, swapTotalBytes: bytesOf("SwapTotal"), swapFreeBytes: bytesOf("SwapFree") };
}

/** Empty where a sandbox hides the file. */
function readMeminfo(): string {
  try {
    return readFileSync("/proc/meminfo", "utf8");
  } catch {
    return "";
  }
}

function watchEventLoop(): EventLoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    read() {
      const isEmpty = histogram.count === 0;
      const late = (nanoseconds: number): number => (isEmpty ? 0 : Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS));
      const delay = { meanMs: late(histogram.mean), maxMs: late(histogram.max) };
      histogram.reset();
      return delay;
    },
    end: () => void histogram.disable(),
  };
}

/** How often Node looks; a sample holds this time and the delay. */
const RESOLUTION_MS = 10;
