import { linuxCalls } from "./linux-calls.js";

/** Set in a process that another one has started as a rank: the number of that process. */
export const PARENT_VARIABLE = "LT_RANK_PARENT";
/** The file descriptor of the memory that the parent shares. */
export const MEMORY_DESCRIPTOR = 3;

const MARK = Symbol.for("lightning-ts.rank-process");

/**
 * Makes this process a rank that its parent started, where it is one: the kernel ends it with its parent, and each line
 * of its errors says which rank wrote it. Processes that it starts itself are none.
 * @returns whether it is one; repeated calls give the same answer
 */
export async function becomeRankOfParent(): Promise<boolean> {
  const parent = process.env[PARENT_VARIABLE];
  if (parent === undefined) return Reflect.has(globalThis, MARK);
  Reflect.deleteProperty(process.env, PARENT_VARIABLE);
  Reflect.defineProperty(globalThis, MARK, { value: parent });
  (await linuxCalls()).dieWithParent();
  // Between its start and the call above the parent may have ended.
  if (process.ppid !== Number(parent)) process.exit(1);
  const prefix = `[rank ${process.env["LOCAL_RANK"] ?? "?"}] `;
  prefixLines(process.stderr, prefix);
  process.on("uncaughtExceptionMonitor", () => void process.stderr.write("ends by an error that nobody caught:\n"));
  return true;
}

/** Whether this process is a rank that another one has started. */
export function isRankOfParent(): boolean {
  return process.env[PARENT_VARIABLE] !== undefined || Reflect.has(globalThis, MARK);
}

/** Writes `prefix` at the beginning of each line. */
function prefixLines(stream: NodeJS.WriteStream, prefix: string): void {
  const write = stream.write;
  let isLineOpen = false;
  stream.write = function withPrefix(this: NodeJS.WriteStream, ...rest: unknown[]): boolean {
    const [chunk, ...others] = rest;
    const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk);
    if (text === "") return Reflect.apply(write, stream, rest);
    const start = isLineOpen ? "" : prefix;
    isLineOpen = !text.endsWith("\n");
    return Reflect.apply(write, stream, [start + text.replaceAll(/\n(?!$)/g, `\n${prefix}`), ...others]);
  };
}
