import type { Environment } from "@lightning-ts/core";
import type { ClusterEnvironment } from "./cluster-environment.js";
import { integerVariable } from "./read-variables.js";

const DEFAULT_PORT = 29_400;

/**
 * Stands for the absence of a cluster manager: there is one process, or those that our own launcher starts.
 * Whoever starts the processes by hand sets `LOCAL_RANK`, `NODE_RANK`, `MASTER_ADDR` and `MASTER_PORT`.
 * @example
 * ```ts
 * import { Fabric, LightningEnvironment } from "@lightning-ts/fabric";
 * import { nodeEnvironment } from "@lightning-ts/fabric/node";
 *
 * // Whatever else a job's variables say, this process runs alone.
 * const fabric = new Fabric({ plugins: [new LightningEnvironment(nodeEnvironment())] });
 * console.log(fabric.worldSize); // 1
 * ```
 */
export class LightningEnvironment implements ClusterEnvironment {
  readonly kind = "cluster-environment";
  readonly name = "lightning";
  readonly worldSize = 1;
  readonly globalRank = 0;
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get createsProcessesExternally(): boolean {
    return this.#environment.get("LOCAL_RANK") !== undefined;
  }
  get mainAddress(): string {
    return this.#environment.get("MASTER_ADDR") ?? "127.0.0.1";
  }
  get mainPort(): number {
    return integerVariable(
      this.#environment,
      "MASTER_PORT",
      integerVariable(this.#environment, "STANDALONE_PORT", DEFAULT_PORT),
    );
  }
  get localRank(): number {
    return integerVariable(this.#environment, "LOCAL_RANK", 0);
  }
  get nodeRank(): number {
    return integerVariable(this.#environment, "NODE_RANK", integerVariable(this.#environment, "GROUP_RANK", 0));
  }

  validateSettings(): void {
    // Our own launcher starts what was asked for: there is nothing to compare with.
  }
}
