import { format } from "node:util";
import type { Terminal } from "@lightning-ts/core";

/** Remembers what was written. */
export class FakeTerminal implements Terminal {
  readonly isInteractive: boolean;
  readonly columns: number;
  readonly hasColors = false;
  readonly warnings: string[] = [];
  #text = "";

  constructor(options: { readonly isInteractive?: boolean | undefined; readonly columns?: number | undefined } = {}) {
    this.isInteractive = options.isInteractive ?? false;
    this.columns = options.columns ?? 80;
  }

  get text(): string {
    return this.#text;
  }

  format(...values: readonly unknown[]): string {
    return format(...values);
  }
  write(text: string): void {
    this.#text += text;
  }
  warn(line: string): void {
    this.warnings.push(line);
  }
}
