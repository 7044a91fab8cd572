/** Environment variables and facts of the process. */
export interface Environment {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  names(): readonly string[];
}
