import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { encodeSafetensors, tf } from "@lightning-ts/core";
import { beforeEach, describe, expect, it } from "vitest";
import { lightningProgram } from "./program.js";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lightning-program-"));
});

/** The program as a process, in a folder where Node finds tsx. */
function start(...args: string[]) {
  const node = ["--conditions=lightning-ts-source", "--import", "tsx", MAIN];
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, ...args], { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** What the program says to these arguments, and what it throws. */
async function say(...args: string[]): Promise<{ text: string; error: unknown }> {
  let text = "";
  const write = (added: string) => void (text += added);
  const output = { writeOut: write, writeErr: write, getOutHelpWidth: () => 80, getErrHelpWidth: () => 80 };
  try {
    await lightningProgram(output).parseAsync(args, { from: "user" });
    return { text, error: undefined };
  } catch (error) {
    return { text, error };
  }
}

describe("lightning", { timeout: 120_000 }, () => {
  it("lists its commands, and says what each one takes, in 80 columns", async () => {
    const [all, run, convert] = await Promise.all([say("--help"), say("run", "--help"), say("convert", "--help")]);
    expect(all.text).toMatch(/run \[options\] <script> \[args\.\.\.\][^]*convert \[options\] <in> <out>/);
    expect(run.text).toMatch(/--max-restarts <count>[^]*\(default: 3\)[^]*exit code is that of/);
    expect(convert.text).toMatch(/choices: "lightning",[^]*"safetensors"/);
    for (const { text, error } of [all, run, convert]) {
      expect(error).toMatchObject({ exitCode: 0 });
      for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it.each([
    [["rnu"], /unknown command 'rnu'[^]*run/],
    [["run"], /missing required argument 'script'[^]*lightning run --help/],
    [["run", "--max-restarts", "-1", "a.ts"], /--max-restarts[^]*whole number of at least 0/],
    [["run", "--max-restart", "1", "a.ts"], /unknown option '--max-restart'[^]*--max-restarts/],
    [["convert", "a.ckpt"], /missing required argument 'out'/],
    [["convert", "a.ckpt", "b.ckpt", "--to", "onnx"], /'onnx' is invalid[^]*lightning-ts, torch, safetensors/],
  ])("says what is wrong with %j", async (args, message) => {
    const { text, error } = await say(...args);
    expect(text).toMatch(message);
    expect(error).toBeInstanceOf(CommanderError);
  });

  it("refuses a script and a checkpoint that are not there, by their paths", async () => {
    expect((await say("run", "nowhere.ts")).error).toMatchObject({ code: "LIT_SCRIPT" });
    const { status, stderr } = start("convert", "/nowhere.ckpt", join(folder, "b.ckpt"));
    expect(stderr).toContain("/nowhere.ckpt");
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(status).toBe(2);
  });

  it("runs a script with its own arguments and gives its exit code", () => {
    writeFileSync(
      join(folder, "script.ts"),
      "const text: string = process.argv.slice(2).join();\nconsole.log(text);\n",
    );
    const args = [join(folder, "script.ts"), "--max-restarts", "5", "--help"];
    expect(start("run", ...args)).toMatchObject({ status: 0, stdout: "--max-restarts,5,--help\n" });
    writeFileSync(join(folder, "fails.mjs"), "process.exit(9);\n");
    const { status, stderr } = start("run", join(folder, "fails.mjs"));
    expect([status, stderr]).toEqual([
      9,
      expect.stringMatching(/fails\.mjs has failed.*\n {2}Start 1 ended with exit code 9/),
    ]);
  });

  it("converts weights and says as what", () => {
    const weights = new Map([["layer.weight", tf.buffer([2, 1], "float32", Float32Array.of(1, 2))]]);
    writeFileSync(join(folder, "in.safetensors"), encodeSafetensors(weights));
    const { status, stdout, stderr } = start("convert", join(folder, "in.safetensors"), join(folder, "out.pt"));
    expect([status, stdout], stderr).toEqual([0, expect.stringMatching(/out\.pt is written, as torch\.\n$/)]);
    expect(readFileSync(join(folder, "out.pt")).subarray(0, 2).toString()).toBe("PK");
  });
});
