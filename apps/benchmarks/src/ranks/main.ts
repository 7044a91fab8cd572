/**
 * How much faster two ranks with one thread each train than one: ranks of one machine, ranks that `mpirun` starts, and
 * PyTorch's DDP on the same network. All are run in turns; what is not installed is left out.
 * usage: pnpm --filter @apps/benchmarks ranks [rounds, 3]
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { CoreDistance } from "../limits/core-distance.js";
import { distanceInWords } from "../report/table.js";

const ROUNDS = Number(process.argv[2] ?? 3);
const RANKS = 2;
const script = fileURLToPath(new URL("./train.ts", import.meta.url));
const peer = fileURLToPath(new URL("./pytorch_ranks.py", import.meta.url));
const python = process.env["LIGHTNING_TS_PYTHON"] ?? "python3";
const node = [process.execPath, ...process.execArgv, script];
const mpirun = ["mpirun", "--bind-to", "none", "-n", String(RANKS), ...node];

const WAYS: Readonly<Record<string, readonly [one: readonly string[], several: readonly string[]]>> = {
  "ranks of one machine": [
    [...node, "1"],
    [...node, String(RANKS)],
  ],
  mpirun: [
    [...node, "1"],
    [...mpirun, String(RANKS)],
  ],
  "PyTorch's DDP": [
    [python, peer, "1"],
    [python, peer, String(RANKS)],
  ],
};

/** Examples a second; undefined where it did not run. */
function run([program = "", ...args]: readonly string[]): number | undefined {
  // Open MPI refuses the user that containers run as, unless it is asked twice.
  const env = { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8", env });
  const line = status === 0 ? /\{.*perSecond.*\}/.exec(stdout)?.[0] : undefined;
  if (line === undefined) return undefined;
  const { perSecond }: { readonly perSecond: number } = JSON.parse(line);
  return perSecond;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Rates {
  readonly one: number[];
  readonly several: number[];
}

const found = new Map<string, Rates>(Object.keys(WAYS).map((name) => [name, { one: [], several: [] }]));
const coreDistance = await CoreDistance.start();
for (let round = 0; round < ROUNDS; round += 1)
  for (const [name, [one, several]] of Object.entries(WAYS)) {
    coreDistance?.measure();
    found.get(name)?.one.push(run(one) ?? Number.NaN);
    found.get(name)?.several.push(run(several) ?? Number.NaN);
  }
const whole = (value: number): string => (Number.isNaN(value) ? "did not run" : String(Math.round(value)));
console.log(
  `${cpus()[0]?.model ?? ""}, ${cpus().length} processors, Node ${process.version}, median of ${ROUNDS} rounds`,
);
console.table(
  [...found].map(([way, { one, several }]) => ({
    way,
    "1 rank, examples/s": whole(median(one)),
    [`${RANKS} ranks`]: whole(median(several)),
    "times as many": (median(several) / median(one)).toFixed(2),
  })),
);
console.log(distanceInWords(coreDistance?.take()));
await coreDistance?.close();
