/** A thread of its own that was started; messages are copied as `structuredClone` does. */
export interface Thread<TToThread> {
  /** @param transfer memory that the thread takes over instead of copying it */
  post(message: TToThread, transfer?: readonly ArrayBuffer[]): void;
  /** Whether the process waits for the thread before it ends by itself. */
  keepAlive(isKept: boolean): void;
  stop(): Promise<void>;
}

export interface ThreadListener<TFromThread> {
  message(message: TFromThread): void;
  /**
   * Called once, when the thread is over without having been stopped.
   * @param how in words, such as "it ran out of memory"
   */
  ended(how: string, cause: unknown): void;
}

/** The thread's own side. */
export interface ThreadSide<TToThread, TFromThread> {
  /** Called once, before anything is posted. */
  listen(handler: (message: TToThread) => void): void;
  post(message: TFromThread, transfer?: readonly ArrayBuffer[]): void;
}

/** Starts threads. */
export interface Threads {
  /** The URL of the file that the program began with, where there is one. */
  readonly mainModule: string | undefined;
  /**
   * Starts a thread that runs `serveDataWorker`.
   * @param modules URLs of the modules that it will import
   */
  startDataWorker<TToThread, TFromThread>(
    modules: readonly string[],
    listener: ThreadListener<TFromThread>,
  ): Thread<TToThread>;
  /** How much memory the process holds, that of all its threads. */
  memoryBytes(): number;
}
