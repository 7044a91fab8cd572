import { format } from "node:util";
import type { Terminal } from "@lightning-ts/core";

/** Columns assumed where the output is not a terminal. */
const DEFAULT_COLUMNS = 80;

/** The process's output and error streams. Colours follow `NO_COLOR` and `FORCE_COLOR`. */
export function nodeTerminal(): Terminal {
  return {
    get isInteractive() {
      return process.stdout.isTTY === true && process.env["CI"] === undefined;
    },
    get columns() {
      return process.stdout.columns ?? DEFAULT_COLUMNS;
    },
    get hasColors() {
      if (process.env["NO_COLOR"] !== undefined && process.env["NO_COLOR"] !== "") return false;
      if (process.env["FORCE_COLOR"] !== undefined) return process.env["FORCE_COLOR"] !== "0";
      return process.stdout.isTTY === true && process.stdout.hasColors();
    },
    format: (...values) => format(...values),
    write: (text) => {
      process.stdout.write(text);
    },
    warn: (line) => {
      process.stderr.write(`${line}\n`);
    },
  };
}
