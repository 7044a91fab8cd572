import { spawn } from "node:child_process";

export interface Check {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly limitS: number;
}

export interface Outcome {
  readonly check: string;
  readonly seconds: number;
  /** Every line of JSON that it printed; where it was cut off, those that came before. */
  readonly records: readonly Record<string, unknown>[];
  /** Absent where it ended well. */
  readonly problem?: string;
}

/** How much of what it complained about is kept. */
const COMPLAINT_LENGTH = 2000;

/** Runs a check in a process of its own, which is killed when its time is over. */
export async function runCheck({ name, command, environment, limitS }: Check): Promise<Outcome> {
  const start = performance.now();
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr = (output.stderr + chunk.toString()).slice(-65536)));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, limitS * 1000);
  const end = await new Promise<string>((done) => {
    child.once("error", (error) => done(error.message));
    // Grandchildren may hold the pipes for longer than the check lives.
    child.once("exit", (code, signal) => setTimeout(() => done(code === 0 ? "" : `ended with ${signal ?? code}`), 100));
  });
  clearTimeout(timer);
  child.stdout.destroy();
  child.stderr.destroy();
  const records = recordsIn(output.stdout);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const reason = isLate ? `took more than ${limitS} s` : end || (records.length === 0 ? "said nothing" : "");
  if (reason === "") return { check: name, seconds, records };
  return { check: name, seconds, records, problem: `${reason}: ${output.stderr.trim().slice(-COMPLAINT_LENGTH)}` };
}

/** The lines that are JSON objects; libraries print other things too. */
function recordsIn(text: string): Record<string, unknown>[] {
  return text.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    try {
      const record: Record<string, unknown> = JSON.parse(line);
      return [record];
    } catch {
      return []; // a library's output that happens to begin with a brace, or a line that was cut off
    }
  });
}
