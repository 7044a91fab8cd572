import type { ProcessIdentity, Processes } from "@lightning-ts/core";

/** Processes that do not exist. */
export class FakeProcesses implements Processes {
  readonly identity: ProcessIdentity;
  /** Those that run, by number and start. Others of this host do not; of other hosts nothing is known. */
  readonly running: ProcessIdentity[] = [];
  /** The process that started this one. */
  parent: number | undefined;
  readonly exitCodes: number[] = [];
  readonly exits: number[] = [];
  readonly rejectionHandlers = new Set<(reason: unknown) => boolean>();
  /** Programs that were run, with their arguments. */
  readonly commands: string[][] = [];

  constructor(identity: Partial<ProcessIdentity> = {}) {
    this.identity = { hostName: "fake-host", processId: 1, started: "then", ...identity };
    this.running.push(this.identity);
  }

  async own(): Promise<ProcessIdentity> {
    return this.identity;
  }
  async isRunning({ hostName, processId, started }: ProcessIdentity): Promise<boolean | undefined> {
    if (hostName !== this.identity.hostName) return undefined;
    return this.running.some((known) => known.processId === processId && known.started === started);
  }
  isChildOf(processId: number): boolean {
    return processId === this.parent;
  }
  setExitCode(code: number): void {
    this.exitCodes.push(code);
  }
  exit(code: number): void {
    this.exits.push(code);
  }
  onRejection(handler: (reason: unknown) => boolean): () => void {
    this.rejectionHandlers.add(handler);
    return () => {
      this.rejectionHandlers.delete(handler);
    };
  }
  async run(command: string, args: readonly string[]): Promise<number> {
    this.commands.push([command, ...args]);
    return 0;
  }
}
