import type { DevicesOption } from "../accelerators/accelerator.js";
import type { ClusterEnvironment } from "../environments/cluster-environment.js";

interface Devices {
  readonly devices: DevicesOption | undefined;
  readonly numNodes: number | undefined;
}

/**
 * Where a cluster has started the processes and says how many are on each machine, that is how many devices and
 * machines there are, unless the options say it.
 */
export function devicesOfEnvironment(environment: ClusterEnvironment, given: Devices): Devices {
  const isGiven = (given.devices !== undefined && given.devices !== "auto") || given.numNodes !== undefined;
  if (isGiven || !environment.createsProcessesExternally) return given;
  const { worldSize, localWorldSize } = environment;
  if (worldSize === 1 || localWorldSize === undefined || worldSize % localWorldSize !== 0) return given;
  return { devices: localWorldSize, numNodes: worldSize / localWorldSize };
}
