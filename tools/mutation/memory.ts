import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Mutant } from "./mutation.js";

/** The test that noticed a mutant. */
export interface Killer {
  readonly testFile: string;
  readonly test: string;
}

/** What earlier runs found out, in a file: which test noticed which mutant. It is tried first the next time. */
export class Memory {
  readonly #path: string | undefined;
  readonly #killers: Map<string, Killer>;

  private constructor(path: string | undefined, killers: Map<string, Killer>) {
    this.#path = path;
    this.#killers = killers;
  }

  /** @param path a file that may not exist yet; without one nothing is remembered */
  static read(path: string | undefined): Memory {
    if (path === undefined || !existsSync(path)) return new Memory(path, new Map());
    const known: Record<string, Killer> = JSON.parse(readFileSync(path, "utf8"));
    return new Memory(path, new Map(Object.entries(known)));
  }

  killerOf(mutant: Mutant): Killer | undefined {
    return this.#killers.get(mutant.key);
  }

  add(mutant: Mutant, killer: Killer): void {
    this.#killers.set(mutant.key, killer);
  }

  forget(mutants: Iterable<Mutant>): void {
    for (const { key } of mutants) this.#killers.delete(key);
  }

  write(): void {
    if (this.#path !== undefined) writeFileSync(this.#path, JSON.stringify(Object.fromEntries(this.#killers), null, 1));
  }
}

/** Names a mutant so that it is found again when lines have moved. `count` tells apart what reads the same. */
export function mutantKey(mutant: Omit<Mutant, "id" | "key">, count: number): string {
  const { path, lineText, mutator, original, replacement } = mutant;
  const text = [path, lineText, mutator, original, replacement, count].join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
