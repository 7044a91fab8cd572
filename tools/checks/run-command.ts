import { spawn } from "node:child_process";

export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and standard error, in the order of arrival. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process' environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The command is stopped, and fails, after this time. @default 20 minutes */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 20 * 60_000;

/** Runs a command without a terminal or input and collects what it says; never rejects. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", TURBO_TELEMETRY_DISABLED: "1", ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      // Commands of packages are scripts for the shell there.
      shell: process.platform === "win32",
    });
    const chunks: string[] = [];
    const timer = setTimeout(() => {
      chunks.push(`\n${command} was stopped after ${timeoutMs / 1000} s\n`);
      child.kill("SIGKILL");
    }, timeoutMs);
    const settle = (exitCode: number) => {
      clearTimeout(timer);
      resolve({ exitCode, output: chunks.join("") });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
    child.on("error", (error) => {
      chunks.push(`${command} did not start: ${error.message}\n`);
      settle(1);
    });
    child.on("close", (code) => settle(code ?? 1));
  });
}
