import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const TIMEOUT_MS = 120_000;

function pathOf(name: string): string {
  return fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
}

/** The lines with losses that one of the three programs prints. */
async function lossesOf(name: string): Promise<string[]> {
  const args = ["--conditions=lightning-ts-source", "--import", "tsx", pathOf(name)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.split("\n").filter((line) => line.startsWith("step "));
}

describe("one training three times", () => {
  let raw: string[] = [];

  beforeAll(async () => {
    raw = await lossesOf("raw");
  }, TIMEOUT_MS);

  it("learns in the raw loop", () => {
    expect(raw).toHaveLength(10);
    expect(raw[0]).toMatch(/^step {2}20 {2}loss \d\.\d{4}$/);
    expect(Number(raw[9]?.split(" ").at(-1))).toBeLessThan(Number(raw[0]?.split(" ").at(-1)));
  });

  it("prints the same losses with Fabric", async () => expect(await lossesOf("fabric")).toEqual(raw), TIMEOUT_MS);

  it("prints the same losses with the Trainer", async () => expect(await lossesOf("trainer")).toEqual(raw), TIMEOUT_MS);
});

it("turns the raw loop into a Fabric loop by five lines, each with its number", () => {
  const [raw, fabric] = ["raw", "fabric"].map((name) => readFileSync(pathOf(name), "utf8").split("\n"));
  const changed = fabric?.filter((line) => raw?.includes(line) !== true);
  expect(changed?.map((line) => line.split("// ").at(-1))).toEqual(["1", "2", "3", "4", "5"]);
});
