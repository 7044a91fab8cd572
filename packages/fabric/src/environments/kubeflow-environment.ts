import type { Environment } from "@lightning-ts/core";
import { ExternalEnvironment } from "./external-environment.js";
import { hasVariables, integerVariable } from "./read-variables.js";

/**
 * Pods of a Kubeflow PyTorchJob, one process each. It is not detected automatically, because others set the same
 * variables; pass it as a plugin.
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
