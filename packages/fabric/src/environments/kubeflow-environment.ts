import type { Environment } from "@lightning-ts/core";
import { ExternalEnvironment } from "./external-environment.js";
import { hasVariables, integerVariable } from "./read-variables.js";

/**
 * Reads which pod of a Kubeflow PyTorchJob this process is; each pod runs one. It is not detected automatically,
 * because others set the same variables; pass it as a plugin.
 * @example
 * ```ts
 * import { Fabric, KubeflowEnvironment } from "@lightning-ts/fabric";
 * import { nodeEnvironment } from "@lightning-ts/fabric/node";
 *
 * const environment = nodeEnvironment();
 * console.log(KubeflowEnvironment.detect(environment)); // false outside of a job
 * if (KubeflowEnvironment.detect(environment)) new Fabric({ plugins: [new KubeflowEnvironment(environment)] });
 * ```
 */
export class KubeflowEnvironment extends ExternalEnvironment {
  readonly name = "kubeflow";

  static detect(environment: Environment): boolean {
    return (
      hasVariables(environment, ["KUBERNETES_PORT", "MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", "RANK"]) &&
      environment.get("GROUP_RANK") === undefined
    );
  }

  get mainAddress(): string {
    return this.environment.get("MASTER_ADDR") ?? "127.0.0.1";
  }
  get mainPort(): number {
    return integerVariable(this.environment, "MASTER_PORT");
  }
  get worldSize(): number {
    return integerVariable(this.environment, "WORLD_SIZE");
  }
  get globalRank(): number {
    return integerVariable(this.environment, "RANK");
  }
  get localRank(): number {
    return 0;
  }
  get nodeRank(): number {
    return this.globalRank;
  }
}
