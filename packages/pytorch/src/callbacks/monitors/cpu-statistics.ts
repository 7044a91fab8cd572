import type { CpuTimes, EventLoopWatch, Machine } from "@lightning-ts/core";

/** Measures how busy the machine is: Lightning's three percentages, and what a program in JavaScript wants to know. */
export class CpuStatistics {
  readonly #machine: Machine;
  readonly #eventLoop: EventLoopWatch;
  #times: CpuTimes;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#eventLoop = machine.watchEventLoop();
    this.#times = machine.cpuTimes();
  }

  /** Processors and delays since the last call, memory as it is now. */
  read(): Record<string, number> {
    const { totalBytes, availableBytes, swapTotalBytes, swapFreeBytes, ...own } = this.#machine.memory();
    const { meanMs, maxMs } = this.#eventLoop.read();
    const hasSwap = swapTotalBytes !== undefined && swapFreeBytes !== undefined;
    return {
      cpu_percent: this.#cpuPercent(),
      cpu_vm_percent: percent(totalBytes - availableBytes, totalBytes),
      ...(hasSwap ? { cpu_swap_percent: percent(swapTotalBytes - swapFreeBytes, swapTotalBytes) } : {}),
      "process.resident_bytes": own.residentBytes,
      "process.heap_used_bytes": own.heapUsedBytes,
      "event_loop.delay_mean_ms": meanMs,
      "event_loop.delay_max_ms": maxMs,
    };
  }

  end(): void {
    this.#eventLoop.end();
  }

  #cpuPercent(): number {
    const [before, now] = [this.#times, this.#machine.cpuTimes()];
    this.#times = now;
    return percent(now.busyMs - before.busyMs, now.totalMs - before.totalMs);
  }
}

/** 0 where there is nothing to have a part of. */
function percent(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0;
}
