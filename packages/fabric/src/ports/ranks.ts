/** Memory that several processes of one machine see. */
export interface SharedMemory {
  readonly buffer: ArrayBuffer;
  /** Blocks while the word (of 32 bits) has this value, until somebody rings; for a tenth of a second at most. */
  wait(word: number, value: number): void;
  /** The same, with the event loop free. */
  waitAsync(word: number, value: number): Promise<void>;
  /** Wakes everybody who waits for the word. */
  ring(word: number): void;
}

/** A process, told apart from a later one with the same number. */
export interface RankProcess {
  readonly processId: number;
  /** When it was started, in ticks of the kernel since the machine was. */
  readonly startedTicks: number;
}

/** What those who train together are told about each other. */
export interface RankListener {
  /** A process that this one started has ended. */
  onChildEnd(localRank: number, how: string): void;
  /** This process ends; nothing asynchronous happens any more. */
  onExit(code: number): void;
  /** Nobody caught an error, which ends this process. */
  onUncaught(error: unknown): void;
  /** Whether another process has said that it failed. */
  hasFailed(localRank: number): boolean;
}

export interface JoinRequest {
  readonly localRank: number;
  /** How many processes there are on this machine. */
  readonly localRanks: number;
  /** Environment variables of the process with this rank, beside those of this process. */
  readonly variablesOf: (localRank: number) => Readonly<Record<string, string>>;
  /** How long the first process waits at its end for the others. */
  readonly timeoutMs: number;
  readonly listener: RankListener;
}

/** The processes of this machine that train together, once this one is among them. */
export interface JoinedRanks {
  readonly own: RankProcess;
  /** Native threads that each process may have, so that together they have as many as there are processors. */
  readonly threads: number;
  /** Part of the memory that all of them share; filled with zeros at first. */
  open(offsetBytes: number, sizeBytes: number): SharedMemory;
  isRunning(process: RankProcess): boolean;
}

/** Starts processes that train together. */
export interface RankProcesses {
  /**
   * Starts the other processes of this machine as children that run the same script, or joins those that started this
   * one.
   * @throws MisconfigurationError where that is impossible, with the reason
   */
  join(request: JoinRequest): Promise<JoinedRanks>;
}
