import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleScript } from "../runs/bundle-script.js";
import { TIMEOUT_MS } from "../runs/options.js";

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
  /** What the script wrote at its end; undefined where it did not come so far. */
  readonly result: { readonly weights: number[][]; readonly steps: number } | undefined;
  /** How often it was started. */
  readonly starts: number;
  readonly leftovers: readonly string[];
}

const PROGRAM = fileURLToPath(new URL("../../../packages/pytorch/src/cli/main.ts", import.meta.url));
const NODE = ["--conditions=lightning-ts-source", "--import", "tsx", PROGRAM];

async function lightningRun(failures: readonly string[], options: readonly string[] = []): Promise<Ended> {
  const root = mkdtempSync(join(tmpdir(), "started-again-"));
  const script = await bundleScript("../started-again/train.ts");
  const child = spawn(process.execPath, [...NODE, "run", ...options, script, root, ...failures], {
    env: { ...process.env, CI: "1" },
  });
  let stderr = "";
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
  child.stdout.resume();
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  const ended = {
    code,
    stderr,
    result: names.includes("result.json") ? JSON.parse(readFileSync(join(root, "result.json"), "utf8")) : undefined,
    starts: readFileSync(join(root, "starts.txt"), "utf8").length,
    leftovers: names.filter((name) => name.includes(".lightning-")),
  };
  rmSync(root, { recursive: true });
  return ended;
}

let whole: Ended;
beforeAll(async () => {
  whole = await lightningRun([]);
}, TIMEOUT_MS);

describe("lightning run", { timeout: TIMEOUT_MS }, () => {
  it("runs a script that does not fail once", () => {
    expect(whole, whole.stderr).toMatchObject({ code: 0, starts: 1, result: { steps: 32 } });
  });

  it("goes on after a kill, an error and an exit, to the same weights, and shows the first errors at the end", async () => {
    const again = await lightningRun(["kill", "throw", "exit"]);
    expect(again, again.stderr).toMatchObject({ code: 0, starts: 4, leftovers: [] });
    expect(again.result?.weights).toEqual(whole.result?.weights);
    // The last start began at the checkpoint of step 27.
    expect(again.result?.steps).toBe(5);
    const [, report = ""] = again.stderr.split("ended well, after 3 failures.");
    expect(report).toMatch(/Start 1 was killed by SIGKILL after [^]*Start 2 ended with exit code 1 after .*:\n/);
    expect(report).toMatch(/RangeError: the data ended[^]*Start 3 ended with exit code 7 after/);
  });

  it("takes the checkpoint before one that is damaged", async () => {
    const again = await lightningRun(["damage"]);
    expect(again, again.stderr).toMatchObject({ code: 0, starts: 2, leftovers: [] });
    expect(again.stderr).toMatch(/newest checkpoint cannot be read; the one before is taken/);
    expect(again.result).toMatchObject({ weights: whole.result?.weights, steps: 26 });
  });

  it("stops where a start brings nothing newer, and after as many starts as it may make", async () => {
    const stuck = await lightningRun(["at-once"]);
    expect(stuck).toMatchObject({ code: 1, starts: 1, result: undefined });
    expect(stuck.stderr).toMatch(/has failed. It is not started again: it has written no newer checkpoint/);
    expect(stuck.stderr.match(/Error: no such data set/g)?.length).toBeGreaterThanOrEqual(2);
    const limited = await lightningRun(["throw", "kill"], ["--max-restarts", "1"]);
    expect(limited).toMatchObject({ code: 137, starts: 2, result: undefined });
  });
});
