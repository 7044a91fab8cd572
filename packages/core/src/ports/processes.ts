/** A process that others can ask for. */
export interface ProcessIdentity {
  readonly hostName: string;
  readonly processId: number;
  /** Tells it apart from a later process with the same number; empty where the platform cannot say. */
  readonly started: string;
}

/** This process among others. */
export interface Processes {
  own(): Promise<ProcessIdentity>;
  /** @returns undefined where it cannot be known, for example of another machine */
  isRunning(process: ProcessIdentity): Promise<boolean | undefined>;
  /** Whether this process was started by another one. */
  isChildOf(processId: number): boolean;
  /** What the process ends with, when it ends by itself. */
  setExitCode(code: number): void;
  /** Ends the process. */
  exit(code: number): void;
  /**
   * Hears of promises that were rejected and that nobody waits for, in the asynchronous context that they were made in.
   * What no handler takes goes the platform's usual way.
   * @param handler true where it takes the rejection
   * @returns a function that removes the handler
   */
  onRejection(handler: (reason: unknown) => boolean): () => void;
  /** Runs a program and waits for it. @returns its exit code */
  run(command: string, args: readonly string[]): Promise<number>;
}
