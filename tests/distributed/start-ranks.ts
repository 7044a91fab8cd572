import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildBundle } from "../reliability/runs/bundle-script.js";

/** Whether everything was asked for: `pnpm test:distributed`. A sample runs otherwise. */
export const IS_FULL = process.env["DISTRIBUTED"] === "full";

/** Processes start slowly on a machine that is busy. */
export const TIMEOUT_MS = IS_FULL ? 1_800_000 : 120_000;

/** Node's options that run the sources of the packages as they are. */
const SOURCES = ["--conditions=lightning-ts-source", "--import", "tsx"];

const PROGRAM = fileURLToPath(new URL("../../packages/pytorch/src/cli/main.ts", import.meta.url));

const MPI_THREAD = fileURLToPath(new URL("../../packages/fabric/src/node/mpi/mpi-thread.ts", import.meta.url));

const bundles = new Map<string, Promise<string>>();

/** A script of this folder as one file, beside the packages that it needs, which starts in a fraction of the time. */
function bundleScript(name: string): Promise<string> {
  const known = bundles.get(name) ?? bundle(name);
  bundles.set(name, known);
  return known;
}

async function bundle(name: string): Promise<string> {
  const folder = new URL(`node_modules/.bundles/${process.pid}/`, import.meta.url);
  const outfile = fileURLToPath(new URL(`${basename(name, ".ts")}.js`, folder));
  await buildBundle(fileURLToPath(new URL(name, import.meta.url)), outfile);
  // As in the built package, the thread that calls MPI is a file beside the others.
  await buildBundle(MPI_THREAD, fileURLToPath(new URL("mpi-thread.js", folder)));
  writeFileSync(new URL("package.json", folder), JSON.stringify({ type: "module" }));
  return outfile;
}

/** Open MPI refuses the user that containers run as, unless it is asked twice. */
const AS_ROOT = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };

/** A script that trains on several ranks, and all that its first process has said. */
export interface Ranks<TResult> {
  readonly process: ChildProcess;
  /** Where ranks write, until the end. */
  readonly folder: string;
  readonly ended: Promise<Ended<TResult>>;
  /** What a rank has written until now; undefined where it has not. */
  resultOf(rank: number): TResult | undefined;
}

export interface Ended<TResult> {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What each rank has written, by its number. */
  readonly results: readonly (TResult | undefined)[];
  readonly milliseconds: number;
}

export interface StartOptions {
  /** @default 2 */
  readonly worldSize?: number | undefined;
  /** As one file, or as it is, through tsx. @default true */
  readonly isBundled?: boolean | undefined;
  /** Whether `lightning run` starts it, and starts it again where it fails. @default false */
  readonly isSupervised?: boolean | undefined;
  /** Who starts the ranks: the first of them, or `mpirun` with these arguments. @default the first of them */
  readonly mpirun?: readonly string[] | undefined;
  /** A program that starts each process of `mpirun`: it gets the command behind these. */
  readonly wrapper?: readonly string[] | undefined;
  /** More environment variables. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Looks at what the ranks have left in their folder, before it is removed. */
  readonly atEnd?: ((folder: string) => Promise<void>) | undefined;
}

/** Starts a script of this folder with orders, which it gets as JSON, and a folder for its results. */
export async function startRanks<TResult>(
  script: string,
  orders: object,
  { worldSize = 2, isBundled = true, isSupervised = false, mpirun, wrapper = [], variables, atEnd }: StartOptions = {},
): Promise<Ranks<TResult>> {
  const path = isBundled ? await bundleScript(script) : fileURLToPath(new URL(script, import.meta.url));
  const isLaunched = mpirun !== undefined;
  const scriptArgs = [...(isBundled && (!isSupervised || isLaunched) ? [] : SOURCES), path];
  const folder = mkdtempSync(join(tmpdir(), "distributed-"));
  const begin = performance.now();
  const launched = [
    ...(mpirun ?? []),
    ...(isLaunched ? ["-n", String(worldSize), ...wrapper] : []),
    process.execPath,
    ...scriptArgs,
  ];
  const command = isSupervised
    ? [process.execPath, ...SOURCES, PROGRAM, "run", ...(isLaunched ? launched : [path])]
    : launched;
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, [...args, JSON.stringify(orders), folder], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CI: "1", ...AS_ROOT, ...variables },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
  const resultOf = (rank: number): TResult | undefined => readJson(join(folder, `rank-${rank}.json`));
  // Not "close": a rank that outlived the first process would hold its streams open, and hide itself so.
  const exit = new Promise<Pick<Ended<TResult>, "code" | "signal">>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  const ended = exit.then(async ({ code, signal }): Promise<Ended<TResult>> => {
    const milliseconds = performance.now() - begin;
    await sleep(100);
    const results = Array.from({ length: worldSize }, (_, rank) => resultOf(rank));
    try {
      await atEnd?.(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
    return { code, signal, stdout, stderr, results, milliseconds };
  });
  return { process: child, folder, ended, resultOf };
}

/** `startRanks`, to its end. */
export async function runRanks<TResult>(
  script: string,
  orders: object,
  options?: StartOptions,
): Promise<Ended<TResult>> {
  return (await startRanks<TResult>(script, orders, options)).ended;
}

function readJson(path: string): undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // The rank has not come so far.
  }
}
