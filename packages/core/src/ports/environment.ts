/** Environment variables and facts of the process. */
export interface Environment {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  names(): readonly string[];
  /** Name of the machine, for file names that several machines share. */
  hostName(): string;
  /** Tells the processes of one machine apart. */
  processId(): number;
}
