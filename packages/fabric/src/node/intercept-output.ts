import type { Drawing, Interception } from "@lightning-ts/core";

type Stream = NodeJS.WriteStream;
type Write = Stream["write"];

/** While this is set, what is written is the drawing itself. */
let isDrawing = false;

/** Writes something that belongs to a drawing. */
export function writeDrawing(stream: Stream, text: string): void {
  const outer = isDrawing;
  isDrawing = true;
  try {
    stream.write(text);
  } finally {
    isDrawing = outer;
  }
}

/**
 * Keeps a drawing below what anything else in the process writes to the screen: `console.log`, warnings, and what goes
 * to the streams directly. A line that is not ended yet stays alone until it is.
 */
export function interceptOutput(streams: readonly Stream[], drawing: Drawing): Interception {
  let isLineOpen = false;
  const around = (write: Write, stream: Stream): Write =>
    function pass(this: Stream, ...rest: unknown[]): boolean {
      if (isDrawing) return Reflect.apply(write, stream, rest);
      if (!isLineOpen) drawing.clear();
      const isWritten: boolean = Reflect.apply(write, stream, rest);
      isLineOpen = leavesLineOpen(rest[0], isLineOpen);
      if (!isLineOpen) drawing.draw();
      return isWritten;
    };
  const undo = streams.filter(({ isTTY }) => isTTY).map((stream) => replaceWrite(stream, around));
  const leave = (): void => drawing.leave();
  process.once("exit", leave);
  return {
    get isLineOpen() {
      return isLineOpen;
    },
    end() {
      process.removeListener("exit", leave);
      for (const restore of undo) restore();
    },
  };
}

/** @returns puts the method back, or, where somebody has replaced it since and calls ours, lets ours only pass on */
function replaceWrite(stream: Stream, around: (write: Write, stream: Stream) => Write): () => void {
  const before = Object.getOwnPropertyDescriptor(stream, "write");
  const write = stream.write;
  const wrapped = around(write, stream);
  let isEnded = false;
  const ours: Write = function pass(this: Stream, ...rest: unknown[]): boolean {
    return Reflect.apply(isEnded ? write : wrapped, stream, rest);
  };
  stream.write = ours;
  return () => {
    isEnded = true;
    if (stream.write !== ours) return;
    if (before === undefined) Reflect.deleteProperty(stream, "write");
    else Object.defineProperty(stream, "write", before);
  };
}

function leavesLineOpen(chunk: unknown, wasOpen: boolean): boolean {
  if (typeof chunk === "string") return chunk === "" ? wasOpen : !chunk.endsWith("\n");
  if (chunk instanceof Uint8Array) return chunk.length === 0 ? wasOpen : chunk.at(-1) !== NEWLINE;
  return wasOpen;
}

const NEWLINE = 10;
