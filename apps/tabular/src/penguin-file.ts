import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const NAMES: Readonly<Record<string, string>> = {
  Species: "species",
  Island: "island",
  "Beak Length (mm)": "beak_length",
  "Beak Depth (mm)": "beak_depth",
  "Flipper Length (mm)": "flipper_length",
  "Body Mass (g)": "mass",
  Sex: "sex",
};

/** Writes the penguins as a CSV file, as a download would, and returns its path. What was not measured is empty. */
export async function penguinFile(): Promise<string> {
  const packaged = dirname(createRequire(import.meta.url).resolve("vega-datasets"));
  const source = join(packaged, "..", "data", "penguins.json");
  const penguins: readonly Record<string, unknown>[] = JSON.parse(await readFile(source, "utf8"));
  const lines = penguins.map((penguin) =>
    Object.keys(NAMES)
      .map((name) => cell(penguin[name]))
      .join(","),
  );
  const path = join(await mkdtemp(join(tmpdir(), "penguins-")), "penguins.csv");
  await writeFile(path, [Object.values(NAMES).join(","), ...lines, ""].join("\n"));
  return path;
}

/** Somebody wrote a dot for the sex of one penguin. */
function cell(value: unknown): string {
  return value === null || value === undefined || value === "." ? "" : String(value);
}
