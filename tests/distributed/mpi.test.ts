import { describe, expect, it } from "vitest";
import type { CollectivesOrders, CollectivesResult } from "./collectives.js";
import type { FaultOrders, FaultResult } from "./faults.js";
import { MPICH, OPEN_MPI, OPEN_MPI_BY_TCP, warnOfMissing } from "./mpi-launchers.js";
import { IS_FULL, runRanks, startRanks, TIMEOUT_MS } from "./start-ranks.js";
import type { TrainOrders, TrainResult } from "./train.js";

/** Ways to start ranks: the first process of them, or the `mpirun` of an MPI that is installed. */
interface Launcher {
  readonly name: string;
  readonly mpirun?: readonly string[];
  readonly ranks: readonly number[];
  /** What has to be installed; undefined where nothing has to. */
  readonly missing?: string | undefined;
}

const LAUNCHERS: readonly Launcher[] = [
  { name: "shared memory", ranks: IS_FULL ? [2, 3, 4] : [3] },
  { ...OPEN_MPI, ranks: IS_FULL ? [2, 3, 4] : [3] },
  { ...OPEN_MPI_BY_TCP, ranks: IS_FULL ? [2, 3, 4] : [] },
  { ...MPICH, ranks: IS_FULL ? [2, 3, 4] : [2] },
];
warnOfMissing([OPEN_MPI, MPICH]);

describe.each(LAUNCHERS.filter(({ ranks }) => ranks.length > 0))(
  "collectives by $name",
  { timeout: TIMEOUT_MS },
  ({ mpirun, ranks, missing }) => {
    it.skipIf(missing !== undefined).each([...ranks])("are right on %i ranks", async (devices) => {
      const orders: CollectivesOrders = { devices };
      const ended = await runRanks<CollectivesResult>("collectives.ts", orders, { worldSize: devices, mpirun });
      expect(ended.code, ended.stderr).toBe(0);
      const [first, ...others] = ended.results;
      for (const other of others) expect(other?.checks).toBeGreaterThan(200);
      expect(first?.name).toBe(mpirun === undefined ? "shared_memory" : "mpi");
      if (IS_FULL) console.log(`${mpirun?.join(" ") ?? "shared memory"}, ${devices} ranks: ${JSON.stringify(first)}`);
    });
  },
);

describe.skipIf(OPEN_MPI.missing !== undefined)("training by mpirun", { timeout: TIMEOUT_MS }, () => {
  it.each(IS_FULL ? (["trainer", "fabric"] as const) : (["trainer"] as const))(
    "gives with %s the weights of processes that share memory",
    async (loop) => {
      const orders: TrainOrders = { loop, devices: 2, batchSize: 4, steps: 20, optimizer: "adam", accumulate: 2 };
      const started = await runRanks<TrainResult>("train.ts", orders, { mpirun: OPEN_MPI.mpirun });
      expect(started.code, started.stderr).toBe(0);
      const shared = await runRanks<TrainResult>("train.ts", orders);
      expect(started.results.map((result) => result?.weights)).toEqual(shared.results.map((result) => result?.weights));
      expect(started.results.map((result) => result?.losses)).toEqual(shared.results.map((result) => result?.losses));
    },
  );

  const HANG_MS = 2500;
  const gone = (how: RegExp): object => ({ code: "LIT_RANK_FAILED", message: expect.stringMatching(how) });
  const faults: readonly (Pick<FaultOrders, "fault" | "phase" | "rank"> & { readonly error?: object })[] = [
    { fault: "throw", phase: "forward", rank: 1, error: gone(/rank 1 \(process \d+\), phase forward.*the data ended/) },
    { fault: "exit", phase: "forward", rank: 1, error: gone(/exited with code 0/) },
    {
      ...{ fault: "hang", phase: "forward", rank: 1 },
      error: {
        code: "LIT_COLLECTIVE_TIMEOUT",
        message: expect.stringMatching(/rank 1 \(process \d+\), phase forward/),
      },
    },
    {
      ...{ fault: "other-call", phase: "forward", rank: 1 },
      error: { code: "LIT_COLLECTIVE_MISMATCH", message: expect.stringMatching(/rank 1: call \d+, barrier "alone"/) },
    },
    { fault: "kill", phase: "backward", rank: 1 },
  ];
  it.each(IS_FULL ? faults : faults.slice(0, 1))(
    "ends all where a rank meets: $fault in $phase",
    async ({ fault, phase, rank, error }) => {
      const orders: FaultOrders = { fault, phase, rank, timeoutMs: HANG_MS };
      const ranks = await startRanks<FaultResult>("faults.ts", orders, { mpirun: OPEN_MPI.mpirun });
      const { code, results, stderr } = await ranks.ended;
      expect(code, stderr).not.toBe(0);
      if (error !== undefined) {
        expect(results[0]?.error, stderr).toMatchObject({ blamedRank: rank, ...error });
        expect(stderr).toContain("[rank ");
      }
    },
  );
});

it("says what to install where there is no MPI", { timeout: TIMEOUT_MS }, async () => {
  const orders: CollectivesOrders = { devices: 2 };
  const variables = {
    OMPI_COMM_WORLD_SIZE: "2",
    OMPI_COMM_WORLD_RANK: "0",
    LIGHTNING_MPI_LIBRARY: "/nowhere/libmpi.so.40",
  };
  const ended = await runRanks("collectives.ts", orders, { variables });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/nowhere.*apt install openmpi-bin/s);
});
