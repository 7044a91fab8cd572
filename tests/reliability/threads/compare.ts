import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChildResult, runChild, type Turn } from "./run-child.js";

export interface Setting {
  readonly label: string;
  readonly threads: number | undefined;
  readonly isPinned: boolean;
}

export interface Comparison {
  readonly compared: number;
  /** Bits that differ where they must not. */
  readonly failures: readonly string[];
  /** What may differ between numbers of threads and does, with the largest difference relative to the largest value. */
  readonly differences: readonly string[];
}

/** Float32 sums of 40 000 terms in another order differ by 3e-6 of the largest value. */
const LARGEST_DIFFERENCE = 1e-5;

/** Computes every case under every setting, one process after the other, and compares the bits. */
export async function compareThreads(settings: readonly Setting[], turns: readonly Turn[]): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), "lightning-ts-threads-"));
  try {
    const results: ChildResult[][] = [];
    for (const { label, threads, isPinned } of settings) {
      const own = join(folder, label.replaceAll(" ", "-"));
      mkdirSync(own);
      results.push(await runChild({ turns, threads, folder: own }, isPinned));
    }
    return compareResults(settings, results);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compareResults(settings: readonly Setting[], results: readonly ChildResult[][]): Comparison {
  const [first = []] = results;
  const failures: string[] = [];
  const differences: string[] = [];
  first.forEach((reference, number) => {
    const what = `${reference.name}, ${reference.size} elements`;
    results.forEach((own, setting) => {
      const result = own[number];
      const where = `${what}, ${settings[setting]?.label ?? ""}`;
      if (result === undefined) failures.push(`${where}: missing`);
      else if (result.error !== undefined) failures.push(`${where}: ${result.error}`);
      else if (new Set(result.hashes).size !== 1)
        failures.push(`${where}: ${new Set(result.hashes).size} different results in ${result.hashes.length} runs`);
      else if (result.hashes[0] !== reference.hashes[0]) {
        if (result.bits === "everywhere") failures.push(`${where}: not the bits of ${settings[0]?.label ?? ""}`);
        else {
          const difference = largestDifference(reference, result);
          const said = `${where}: ${difference.toExponential(1)}`;
          if (difference <= LARGEST_DIFFERENCE) differences.push(said);
          else failures.push(`${said}, more than another order of a sum explains`);
        }
      }
    });
  });
  return { compared: first.length, failures, differences };
}

function largestDifference(a: ChildResult, b: ChildResult): number {
  const [x, y] = [a, b].map(({ file }) => readFloats(file));
  if (x === undefined || y === undefined) return Number.NaN;
  let [largest, scale] = [0, 0];
  x.forEach((value, i) => {
    scale = Math.max(scale, Math.abs(value));
    largest = Math.max(largest, Math.abs(value - (y[i] ?? Number.NaN)));
  });
  return largest / scale;
}

function readFloats(file: string | undefined): Float32Array | undefined {
  if (file === undefined) return undefined;
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
