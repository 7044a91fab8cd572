/** How a cluster starts a job again from the beginning of its program. */
export interface Requeue {
  /** Names the job; the same when it is started again. */
  readonly job: string;
  /** The program that asks the cluster, with its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
}

/**
 * Where this process stands among all processes of a run, as the thing that started it says (Slurm, MPI, torchrun,
 * Lightning itself).
 */
export interface ClusterEnvironment {
  readonly kind: "cluster-environment";
  readonly name: string;
  /** True when somebody else has started one process per device; false when the launcher must. */
  readonly createsProcessesExternally: boolean;
  /** Host of rank 0. */
  readonly mainAddress: string;
  /** Port on which rank 0 listens. */
  readonly mainPort: number;
  readonly worldSize: number;
  /** How many of the processes are on this machine. Left out where the cluster does not say. */
  readonly localWorldSize?: number | undefined;
  readonly globalRank: number;
  readonly localRank: number;
  readonly nodeRank: number;
  /** Set where the cluster says by SIGUSR1 that the job's time is about to end, and starts it again when asked. */
  readonly requeue?: Requeue | undefined;
  /**
   * Called when a run is put together.
   * @throws MisconfigurationError when what was asked for is not what the cluster gave
   */
  validateSettings(settings: { readonly devicesPerNode: number; readonly numNodes: number }): void;
}
