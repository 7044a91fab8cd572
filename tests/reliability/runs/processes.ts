import { spawn, type ChildProcess } from "node:child_process";
import { bundleScript } from "./bundle-script.js";
import type { Orders } from "./child.js";

/** A process that trains, and all that it has said. */
export interface Training {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  /** Resolves when the output holds this text, or the process ended. */
  readonly says: (text: string) => Promise<void>;
}

export async function train(orders: Orders): Promise<Training> {
  const script = await bundleScript("./child.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(orders)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, CI: "1" },
  });
  let output = "";
  const listeners = new Set<() => void>();
  const hear = (bytes: Buffer): void => {
    output += bytes.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, output }));
  });
  const says = (text: string): Promise<void> =>
    Promise.race([
      ended.then(() => undefined),
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (output.includes(text)) resolve();
        };
        listeners.add(check);
        check();
      }),
    ]);
  return { process: child, ended, says };
}

/** What a process printed last. */
export function resultOf(output: string): {
  losses: number[];
  weight: number[];
  folder: string;
  logDirs: (string | undefined)[];
} {
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}
