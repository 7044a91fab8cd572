import { MisconfigurationError } from "@lightning-ts/core";

const ID_LENGTH = 8;
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Random letters and digits, as W&B makes them. */
export function newRunId(): string {
  const numbers = globalThis.crypto.getRandomValues(new Uint32Array(ID_LENGTH));
  return Array.from(numbers, (number) => LETTERS[number % LETTERS.length]).join("");
}

/** @throws MisconfigurationError for what cannot be part of a file's name */
export function requireRunId(id: string): string {
  if (/^[\w-]{1,128}$/.test(id)) return id;
  throw new MisconfigurationError({
    code: "LIT_LOGGERS",
    message: "This is no id of a run.",
    expected: "128 letters, digits, - and _ at most",
    received: JSON.stringify(id.slice(0, 140)),
    tryThis: "name for what people read.",
  });
}

/** A time as it stands in a folder's name: 20261231_235959, in UTC. */
export function timeInName(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
}
