import { MisconfigurationError, type Environment } from "@lightning-ts/core";
import type { ClusterEnvironment } from "./cluster-environment.js";

/**
 * Base of the environments in which somebody else starts the processes: sizes and ranks are given.
 */
export abstract class ExternalEnvironment implements ClusterEnvironment {
  readonly kind = "cluster-environment";
  readonly createsProcessesExternally = true;
  abstract readonly name: string;
  protected readonly environment: Environment;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  abstract get mainAddress(): string;
  abstract get mainPort(): number;
  abstract get worldSize(): number;
  abstract get globalRank(): number;
  abstract get localRank(): number;
  abstract get nodeRank(): number;

  validateSettings({ devicesPerNode, numNodes }: { readonly devicesPerNode: number; readonly numNodes: number }): void {
    if (devicesPerNode * numNodes === this.worldSize) return;
    throw new MisconfigurationError({
      code: "LIT_WORLD_SIZE",
      message: `devices=${devicesPerNode} on numNodes=${numNodes} do not fit the processes that ${this.name} started.`,
      expected: `devices × numNodes = ${this.worldSize}`,
      received: String(devicesPerNode * numNodes),
      tryThis: "set devices to the number of processes per node, and numNodes to the number of nodes.",
    });
  }
}
