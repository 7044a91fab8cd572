import { spawnSync } from "node:child_process";

/** The `mpirun` of an MPI that is installed, or may be. */
export interface MpiLauncher {
  readonly name: string;
  readonly mpirun: readonly string[];
  /** What has to be installed; undefined where nothing has to. */
  readonly missing: string | undefined;
}

function missingOf(program: string, what: string): string | undefined {
  return spawnSync(program, ["--version"]).status === 0 ? undefined : `${what} is not installed, and did not run`;
}

const openMpi = ["mpirun.openmpi", "--oversubscribe", "--bind-to", "none", "--quiet"];
const openMpiMissing = missingOf("mpirun.openmpi", "openmpi-bin");

export const OPEN_MPI: MpiLauncher = { name: "Open MPI", mpirun: openMpi, missing: openMpiMissing };

/** As ranks of two machines do. */
export const OPEN_MPI_BY_TCP: MpiLauncher = {
  name: "Open MPI over TCP alone",
  mpirun: [...openMpi, "--mca", "btl", "tcp,self"],
  missing: openMpiMissing,
};

export const MPICH: MpiLauncher = {
  name: "MPICH",
  mpirun: ["mpirun.mpich"],
  missing: missingOf("mpirun.mpich", "mpich"),
};

/** Says once what is not installed. */
export function warnOfMissing(launchers: readonly MpiLauncher[]): void {
  for (const reason of new Set(launchers.flatMap(({ missing }) => missing ?? []))) console.warn(`Skipped: ${reason}.`);
}
