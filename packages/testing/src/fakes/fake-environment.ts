import type { Environment } from "@lightning-ts/core";

/** Environment variables of a process that does not exist. */
export class FakeEnvironment implements Environment {
  readonly #variables: Map<string, string>;

  constructor(variables: Readonly<Record<string, string>> = {}) {
    this.#variables = new Map(Object.entries(variables));
  }

  get(name: string): string | undefined {
    return this.#variables.get(name);
  }
  set(name: string, value: string): void {
    this.#variables.set(name, value);
  }
  names(): readonly string[] {
    return [...this.#variables.keys()];
  }
  hostName(): string {
    return "fake-host";
  }
  processId(): number {
    return 1;
  }
}
