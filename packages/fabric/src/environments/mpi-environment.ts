import type { Environment } from "@lightning-ts/core";
import { ExternalEnvironment } from "./external-environment.js";
import { integerVariable } from "./read-variables.js";

const DEFAULT_PORT = 12_910;

/** What each MPI calls its variables. */
const FLAVOURS = [
  {
    size: "OMPI_COMM_WORLD_SIZE",
    rank: "OMPI_COMM_WORLD_RANK",
    localRank: "OMPI_COMM_WORLD_LOCAL_RANK",
    localSize: "OMPI_COMM_WORLD_LOCAL_SIZE",
  },
  {
    size: "MV2_COMM_WORLD_SIZE",
    rank: "MV2_COMM_WORLD_RANK",
    localRank: "MV2_COMM_WORLD_LOCAL_RANK",
    localSize: "MV2_COMM_WORLD_LOCAL_SIZE",
  },
  { size: "PMI_SIZE", rank: "PMI_RANK", localRank: "MPI_LOCALRANKID", localSize: "MPI_LOCALNRANKS" },
] as const;

/**
 * Reads how many processes `mpirun` or `mpiexec` has started, of Open MPI, MVAPICH, MPICH or Intel MPI, and which one
 * this is. Ranks fill one node after the other.
 * @example
 * ```ts
 * import { Fabric, MpiEnvironment } from "@lightning-ts/fabric";
 * import { nodeEnvironment } from "@lightning-ts/fabric/node";
 *
 * const environment = nodeEnvironment();
 * console.log(MpiEnvironment.detect(environment)); // false outside of a job
 * if (MpiEnvironment.detect(environment)) new Fabric({ plugins: [new MpiEnvironment(environment)] });
 * ```
 */
export class MpiEnvironment extends ExternalEnvironment {
  readonly name = "mpi";

  static detect(environment: Environment): boolean {
    return FLAVOURS.some(
      ({ size, rank }) => environment.get(size) !== undefined && environment.get(rank) !== undefined,
    );
  }

  get mainAddress(): string {
    return this.environment.get("MASTER_ADDR") ?? "127.0.0.1";
  }
  get mainPort(): number {
    return integerVariable(this.environment, "MASTER_PORT", DEFAULT_PORT);
  }
  get worldSize(): number {
    return integerVariable(this.environment, this.#names.size);
  }
  get localWorldSize(): number | undefined {
    const isGiven = this.environment.get(this.#names.localSize) !== undefined;
    return isGiven ? integerVariable(this.environment, this.#names.localSize) : undefined;
  }
  get globalRank(): number {
    return integerVariable(this.environment, this.#names.rank);
  }
  get localRank(): number {
    return integerVariable(this.environment, this.#names.localRank, 0);
  }
  get nodeRank(): number {
    return Math.floor(this.globalRank / integerVariable(this.environment, this.#names.localSize, this.worldSize));
  }

  get #names(): (typeof FLAVOURS)[number] {
    return FLAVOURS.find(({ size }) => this.environment.get(size) !== undefined) ?? FLAVOURS[0];
  }
}
