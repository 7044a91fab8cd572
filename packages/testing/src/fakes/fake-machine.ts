import type { EventLoopDelay, Machine, MachineMemory } from "@lightning-ts/core";

/** A machine whose numbers a test sets. */
export class FakeMachine implements Machine {
  times = { busyMs: 0, totalMs: 0 };
  delay: EventLoopDelay = { meanMs: 0, maxMs: 0 };
  held: MachineMemory = { totalBytes: 1000, availableBytes: 750, residentBytes: 200, heapUsedBytes: 50 };
  /** Watches that have not ended. */
  watches = 0;

  cpuTimes(): { readonly busyMs: number; readonly totalMs: number } {
    return { ...this.times };
  }
  memory(): MachineMemory {
    return this.held;
  }
  watchEventLoop(): { read(): EventLoopDelay; end(): void } {
    this.watches += 1;
    return { read: () => this.delay, end: () => void (this.watches -= 1) };
  }
}
