import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fabricProgram } from "./program.js";
import { nodeArguments } from "../node/run-script-process.js";
import { runVariables, type RunFlags } from "./run-plan.js";
import { runScript } from "./run-script.js";

const FLAGS: RunFlags = { devices: "1", numNodes: "1", nodeRank: "0", mainAddress: "127.0.0.1", mainPort: "29400" };

describe("fabric run", () => {
  it("tells the script what to compute on", () => {
    expect(runVariables({ ...FLAGS, accelerator: "cpu", precision: "bf16-mixed", mainPort: "1234" })).toEqual({
      LT_CLI_USED: "1",
      LT_ACCELERATOR: "cpu",
      LT_PRECISION: "bf16-mixed",
      LT_DEVICES: "1",
      LT_NUM_NODES: "1",
      NODE_RANK: "0",
      MASTER_ADDR: "127.0.0.1",
      MASTER_PORT: "1234",
    });
  });

  it("reports every wrong flag at once, with the nearest name", () => {
    expect(() =>
      runVariables({ ...FLAGS, accelerator: "onnx", strategy: "auto", precision: "bf16-mixt", numNodes: "x" }),
    ).toThrow(/accelerator "onnx"[^]*precision: "bf16-mixed"[^]*--num-nodes/);
    expect(() => runVariables({ ...FLAGS, nodeRank: "1" })).toThrow(/--node-rank=1 must be below --num-nodes=1/);
  });

  it("takes its own options wherever they stand and leaves the others to the script", async () => {
    const requests: unknown[] = [];
    const record = async (...request: readonly unknown[]) => void requests.push(request);
    const program = fabricProgram(record, record);
    await program.parseAsync(
      ["run", "train.ts", "--accelerator", "cpu", "data.csv", "--lr", "3", "--precision=bf16-mixed"],
      { from: "user" },
    );
    expect(requests).toEqual([
      ["train.ts", ["data.csv", "--lr", "3"], { ...FLAGS, accelerator: "cpu", precision: "bf16-mixed" }],
    ]);
  });

  it("runs TypeScript through tsx and JavaScript as it is", () => {
    expect(nodeArguments("/a/train.ts", ["--lr", "1"], "file:///tsx")).toEqual([
      "--import",
      "file:///tsx",
      "/a/train.ts",
      "--lr",
      "1",
    ]);
    expect(nodeArguments("/a/train.mjs", [], "file:///tsx")).toEqual(["/a/train.mjs"]);
  });

  it("runs a TypeScript script with its arguments and passes its exit code on", async () => {
    const script = join(mkdtempSync(join(tmpdir(), "fabric-run-")), "script.ts");
    writeFileSync(
      script,
      "const wanted: string = 'cpu 16-mixed 5';\nprocess.exit([process.env.LT_ACCELERATOR, process.env.LT_PRECISION, process.argv[2]].join(' ') === wanted ? 7 : 1);\n",
    );
    expect(await runScript(script, ["5"], { ...FLAGS, accelerator: "cpu", precision: "16-mixed" })).toBe(7);
  });

  it("says which script is missing, or is none", async () => {
    const python = join(mkdtempSync(join(tmpdir(), "fabric-run-")), "train.py");
    writeFileSync(python, "");
    await expect(runScript(python, [], FLAGS)).rejects.toThrow(/JavaScript or TypeScript/);
    await expect(runScript("/nowhere/train.ts", [], FLAGS)).rejects.toThrow("/nowhere/train.ts");
  });
});
