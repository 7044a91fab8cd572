import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const FIXTURE = new URL("../../../packages/data/src/parquet/fixtures/parquet.json", import.meta.url);
const PROGRAM = fileURLToPath(new URL("./columnar-train.ts", import.meta.url));

/** A file of 300 rows in five row groups. */
function parquetFile(root: string): string {
  const recorded: { files: { name: string; base64: string }[] } = JSON.parse(readFileSync(FIXTURE, "utf8"));
  const found = recorded.files.find(({ name }) => name.startsWith("long"));
  const path = join(root, "long.parquet");
  writeFileSync(path, Buffer.from(found?.base64 ?? "", "base64"));
  return path;
}

/** @param killAt the step, by epoch and batch, at whose line the process is killed */
async function train(orders: Record<string, string>, killAt?: string): Promise<ReadonlyMap<string, string>> {
  const run = ["--conditions=lightning-ts-source", "--import", "tsx", PROGRAM, JSON.stringify(orders)];
  const child = spawn(process.execPath, run, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    if (killAt !== undefined && output.includes(`step ${killAt} `)) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.on("close", resolve));
  expect(output.includes("done")).toBe(killAt === undefined);
  const lines = output.split("\n").map((line) => line.split(" "));
  return new Map(lines.filter(([word, , rest]) => word === "step" && rest).map(([, at = "", rest = ""]) => [at, rest]));
}

it(
  "a table, a Parquet file and tokens give the same batches with workers, also when the process is killed and goes on",
  { timeout: 240_000 },
  async () => {
    const root = mkdtempSync(join(tmpdir(), "columnar-"));
    const file = parquetFile(root);
    const whole = await train({ folder: join(root, "whole"), file, numWorkers: "0" });
    expect(whole.size).toBe(20);
    const folder = join(root, "killed");
    const begun = await train({ folder, file, numWorkers: "2" }, "0.6");
    const rest = await train({ folder, file, numWorkers: "2" });
    expect(rest.size).toBeLessThan(20);
    expect(new Map([...begun, ...rest])).toEqual(whole);
  },
);
