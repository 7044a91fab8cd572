import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it(
  "Ctrl-C in a real process ends a run with a result, and the next run goes on from what it saved",
  { timeout: 120_000 },
  async () => {
    const script = fileURLToPath(new URL("./main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--conditions=lightning-ts-source", "--import", "tsx", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    let isAsked = false;
    child.stdout.on("data", (bytes: Buffer) => {
      output += bytes.toString();
      if (isAsked || !output.includes("Epoch 2")) return;
      isAsked = true;
      child.kill("SIGINT");
    });
    const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
    expect(exitCode, output).toBe(130);
    expect(output).toContain("Ctrl-C: the run stops after this step.");
    const { interrupted, resumed } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as {
      interrupted: Record<string, number>;
      resumed: Record<string, number>;
    };
    expect(interrupted).toMatchObject({ status: "interrupted", reason: "Ctrl-C" });
    expect(resumed).toMatchObject({
      status: "finished",
      epochs: (interrupted["epochs"] ?? 0) + 2,
      steps: 8 * ((interrupted["epochs"] ?? 0) + 2),
    });
  },
);

it(
  "a rejection that nobody waits for ends the run where it is the run's, and the process where it is not",
  { timeout: 120_000 },
  () => {
    const script = fileURLToPath(new URL("./stray.ts", import.meta.url));
    const run = (whose: string) =>
      spawnSync(process.execPath, ["--conditions=lightning-ts-source", "--import", "tsx", script, whose], {
        encoding: "utf8",
      });
    const own = run("own");
    expect(own.stdout, own.stderr).toMatch(/caught: .*a promise that Careless\.trainingStep made.*left alone/);
    expect(own.status).toBe(0);
    const other = run("other");
    expect(other.status).toBe(1);
    expect(other.stdout).not.toContain("caught");
    expect(other.stderr).toContain("of a server");
  },
);
