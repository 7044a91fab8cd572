/** Time that all processors of a machine have spent since some point before. */
export interface CpuTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

/** Memory of a machine and of this process, in bytes; what the platform does not tell is left out. */
export interface MachineMemory {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly swapTotalBytes?: number | undefined;
  readonly swapFreeBytes?: number | undefined;
  /** What the process has in memory. */
  readonly residentBytes: number;
  /** JavaScript's own part of that. */
  readonly heapUsedBytes: number;
}

/** How late the event loop was since the last look. */
export interface EventLoopDelay {
  readonly meanMs: number;
  readonly maxMs: number;
}

export interface EventLoopWatch {
  /** The delays since the last call. */
  read(): EventLoopDelay;
  end(): void;
}

/** How busy the machine is. */
export interface Machine {
  cpuTimes(): CpuTimes;
  memory(): MachineMemory;
  watchEventLoop(): EventLoopWatch;
}
