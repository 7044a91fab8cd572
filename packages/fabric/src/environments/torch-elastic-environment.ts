import type { Environment } from "@lightning-ts/core";
import { ExternalEnvironment } from "./external-environment.js";
import { hasVariables, integerVariable } from "./read-variables.js";

const DEFAULT_PORT = 12_910;

/**
 * Reads how many processes `torchrun` has started, or anything that sets the same variables, and which one this is.
 * @example
 * ```ts
 * import { Fabric, TorchElasticEnvironment } from "@lightning-ts/fabric";
 * import { nodeEnvironment } from "@lightning-ts/fabric/node";
 *
 * const environment = nodeEnvironment();
 * console.log(TorchElasticEnvironment.detect(environment)); // false outside of a job
 * if (TorchElasticEnvironment.detect(environment)) new Fabric({ plugins: [new TorchElasticEnvironment(environment)] });
 * ```
 */
export class TorchElasticEnvironment extends ExternalEnvironment {
  readonly name = "torchelastic";

  static detect(environment: Environment): boolean {
    return (
      hasVariables(environment, ["TORCHELASTIC_RUN_ID"]) ||
      hasVariables(environment, ["RANK", "GROUP_RANK", "LOCAL_RANK", "LOCAL_WORLD_SIZE"])
    );
  }

  get mainAddress(): string {
    return this.environment.get("MASTER_ADDR") ?? "127.0.0.1";
  }
  get mainPort(): number {
    return integerVariable(this.environment, "MASTER_PORT", DEFAULT_PORT);
  }
  get worldSize(): number {
    return integerVariable(this.environment, "WORLD_SIZE");
  }
  get globalRank(): number {
    return integerVariable(this.environment, "RANK");
  }
  get localRank(): number {
    return integerVariable(this.environment, "LOCAL_RANK");
  }
  get nodeRank(): number {
    return integerVariable(this.environment, "GROUP_RANK", 0);
  }
}
