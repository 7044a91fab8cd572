import { WriteStream } from "node:tty";
import { format } from "node:util";
import type { Terminal } from "@lightning-ts/core";
import { breakLines } from "./break-lines.js";
import { interceptOutput, writeDrawing } from "./intercept-output.js";
import { surviveClosedPipes } from "./survive-closed-pipes.js";

/** Columns assumed where the output is not a terminal. */
const DEFAULT_COLUMNS = 80;

/** What `FORCE_COLOR` says of how many colours there are, in bits. */
const FORCED_DEPTHS: Readonly<Record<string, 4 | 8 | 24>> = { "1": 4, "2": 8, "3": 24 };

/**
 * The process's output and error streams. Colours follow `NO_COLOR` and `FORCE_COLOR`; a terminal that is `dumb`, and
 * one of a CI service, gets plain lines.
 */
export function nodeTerminal(): Terminal {
  return {
    get isInteractive() {
      if (process.stdout.isTTY !== true || process.env["CI"] !== undefined || process.env["TERM"] === "dumb")
        return false;
      // `mpirun` gives its processes terminals without a size, and puts their outputs together line by line.
      return process.stdout.columns > 0;
    },
    get columns() {
      askForSize(process.stdout);
      return process.stdout.columns || DEFAULT_COLUMNS;
    },
    get hasColors() {
      if (process.env["NO_COLOR"] !== undefined && process.env["NO_COLOR"] !== "") return false;
      if (process.env["FORCE_COLOR"] !== undefined) return process.env["FORCE_COLOR"] !== "0";
      return process.stdout.isTTY === true && process.stdout.hasColors();
    },
    get colorDepth() {
      const forced = FORCED_DEPTHS[process.env["FORCE_COLOR"] ?? ""];
      if (forced !== undefined || !(process.stdout instanceof WriteStream)) return forced;
      const depth = process.stdout.getColorDepth();
      return depth === 8 || depth === 24 ? depth : 4;
    },
    format: (...values) => format(...values),
    write: (text) => {
      surviveClosedPipes();
      writeDrawing(process.stdout, text);
    },
    warn: (line) => {
      surviveClosedPipes();
      const { isTTY, columns } = process.stderr;
      process.stderr.write(`${isTTY === true && columns > 0 ? breakLines(line, columns) : line}\n`);
    },
    intercept: (drawing) => interceptOutput([process.stdout, process.stderr], drawing),
  };
}

/**
 * Asks the terminal itself how large it is. Node learns of another size from a signal, a moment later than the terminal
 * breaks what is drawn into other lines; it has no documented way to ask.
 */
function askForSize(stream: NodeJS.WriteStream): void {
  if (stream.isTTY !== true) return;
  const refresh: unknown = Reflect.get(stream, "_refreshSize");
  if (typeof refresh === "function") Reflect.apply(refresh, stream, []);
}
