/**
 * The processor time that readers take for one table as CSV, Parquet and Arrow, here and in pandas and pyarrow on one
 * thread, in turns in one run. The files are in the system's cache; Python writes them.
 * usage: pnpm --filter @apps/benchmarks readers [rows, 500000] [rounds, 5]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readArrow, readCsv, readParquet } from "@lightning-ts/data";
import "@lightning-ts/pytorch"; // It brings the files of Node.

const [rows = "500000", rounds = "5"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "readers-"));
const at = (name: string): string => join(folder, name);
const TASKS: Readonly<Record<string, () => Promise<{ readonly length: number }>>> = {
  CSV: () => readCsv(at("table.csv")),
  "Parquet, snappy": () => readParquet(at("table-snappy.parquet")),
  "Parquet, zstd": () => readParquet(at("table-zstd.parquet")),
  "Arrow, uncompressed": () => readArrow(at("table-uncompressed.arrow")),
  "Arrow, lz4": () => readArrow(at("table-lz4.arrow")),
  "Arrow, zstd": () => readArrow(at("table-zstd.arrow")),
};

function python(...args: string[]): string {
  const command = process.env["LIGHTNING_TS_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("./make_files.py", import.meta.url));
  const { stdout, stderr, status } = spawnSync(command, [script, folder, ...args], { encoding: "utf8" });
  if (status === 0) return stdout;
  throw new Error(`${command} with pandas and pyarrow writes the files: LIGHTNING_TS_PYTHON names it. ${stderr}`);
}

async function own(): Promise<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const [task, read] of Object.entries(TASKS)) {
    const start = process.cpuUsage();
    const { length } = await read();
    const { user, system } = process.cpuUsage(start);
    result[task] = (user + system) / 1e6;
    if (length !== Number(rows)) throw new Error(`${task} gave ${length} rows.`);
  }
  return result;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

try {
  python(rows);
  await own(); // Libraries are loaded at their first use.
  const measured: { own: Record<string, number>; peer: Record<string, number> }[] = [];
  let versions = "";
  for (let round = 0; round < Number(rounds); round += 1) {
    const peer: { versions: string; seconds: Record<string, number> } = JSON.parse(python());
    versions = peer.versions;
    measured.push({ own: await own(), peer: peer.seconds });
  }
  const table = Object.keys(TASKS).map((task) => {
    const [ours, theirs] = (["own", "peer"] as const).map((side) =>
      median(measured.map((round) => round[side][task] ?? Number.NaN)),
    );
    const ratio = (ours ?? Number.NaN) / (theirs ?? Number.NaN);
    return { file: task, "here, ms": ms(ours), "Python, ms": ms(theirs), ratio: ratio.toFixed(2) };
  });
  console.log(`${cpus()[0]?.model ?? ""}, Node ${process.version}, ${versions}, ${rows} rows, median of ${rounds}`);
  console.table(table);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function ms(seconds = Number.NaN): number {
  return Math.round(seconds * 1000);
}
