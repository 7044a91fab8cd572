import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { type RunAnswer, type RunRequest, TIMED_LEARNING_RATE } from "./protocol.js";

export interface PeerCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** A peer's process, which runs steps when it is told to and sleeps otherwise. */
export class PeerProcess {
  readonly description: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(child: ChildProcess, reader: Interface, lines: AsyncIterator<string>, description: string) {
    this.#child = child;
    this.#reader = reader;
    this.#lines = lines;
    this.description = description;
  }

  /** Starts the process and waits until its model is ready. @returns a reason if it cannot run */
  static async start({ command, args }: PeerCommand): Promise<PeerProcess | string> {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const failed = new Promise<string>((resolve) => child.once("error", (error) => resolve(error.message)));
    const reader = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    const first = await Promise.race([failed, readRecord(lines)]);
    if (typeof first === "string") return first;
    if ("unavailable" in first) return String(first["unavailable"]);
    return new PeerProcess(child, reader, lines, String(first["description"]));
  }

  /** @throws if the process ends or reports an error */
  async run(steps: number, learningRate = TIMED_LEARNING_RATE): Promise<RunAnswer> {
    const request: RunRequest = { steps, learningRate };
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const answer = await readRecord(this.#lines);
    if ("unavailable" in answer) throw new Error(String(answer["unavailable"]));
    const hostMs = answer["hostMs"];
    return {
      totalMs: Number(answer["totalMs"]),
      cpuMs: Number(answer["cpuMs"]),
      hostMs: typeof hostMs === "number" ? hostMs : null,
      loss: Number(answer["loss"]),
    };
  }

  close(): void {
    const end: RunRequest = { steps: 0, learningRate: 0 };
    this.#child.stdin?.end(`${JSON.stringify(end)}\n`);
    this.#reader.close();
    this.#child.kill();
  }
}

/** The next line that is a JSON object; libraries print other things too. */
async function readRecord(lines: AsyncIterator<string>): Promise<Record<string, unknown>> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) return { unavailable: "its process ended" };
    const record = parseRecord(value);
    if (record !== undefined) return record;
  }
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    // Not ours: some library's output that happens to begin with a brace.
    return undefined;
  }
}
