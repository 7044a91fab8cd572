import { MisconfigurationError, type Environment } from "@lightning-ts/core";
import { ExternalEnvironment } from "./external-environment.js";
import { hasVariables, integerVariable, portOfJob } from "./read-variables.js";

const PORT_BASE = 10_000;

/**
 * Reads how many processes `jsrun` has started inside an LSF job and which one this is.
 * @example
 * ```ts
 * import { Fabric, LsfEnvironment } from "@lightning-ts/fabric";
 * import { nodeEnvironment } from "@lightning-ts/fabric/node";
 *
 * const environment = nodeEnvironment();
 * console.log(LsfEnvironment.detect(environment)); // false outside of a job
 * if (LsfEnvironment.detect(environment)) new Fabric({ plugins: [new LsfEnvironment(environment)] });
 * ```
 */
export class LsfEnvironment extends ExternalEnvironment {
  readonly name = "lsf";

  static detect(environment: Environment): boolean {
    return hasVariables(environment, [
      "LSB_JOBID",
      "JSM_NAMESPACE_SIZE",
      "JSM_NAMESPACE_RANK",
      "JSM_NAMESPACE_LOCAL_RANK",
    ]);
  }

  get mainAddress(): string {
    return this.environment.get("MASTER_ADDR") ?? this.#hosts()[0] ?? "127.0.0.1";
  }
  get mainPort(): number {
    return integerVariable(
      this.environment,
      "MASTER_PORT",
      portOfJob(this.environment.get("LSB_JOBID") ?? "", PORT_BASE) ?? PORT_BASE,
    );
  }
  get worldSize(): number {
    return integerVariable(this.environment, "JSM_NAMESPACE_SIZE");
  }
  get localWorldSize(): number | undefined {
    const isGiven = this.environment.get("JSM_NAMESPACE_LOCAL_SIZE") !== undefined;
    return isGiven ? integerVariable(this.environment, "JSM_NAMESPACE_LOCAL_SIZE") : undefined;
  }
  get globalRank(): number {
    return integerVariable(this.environment, "JSM_NAMESPACE_RANK");
  }
  get localRank(): number {
    return integerVariable(this.environment, "JSM_NAMESPACE_LOCAL_RANK");
  }
  get nodeRank(): number {
    const position = this.#hosts().indexOf(this.environment.get("HOSTNAME") ?? "");
    if (position >= 0) return position;
    return Math.floor(this.globalRank / integerVariable(this.environment, "JSM_NAMESPACE_LOCAL_SIZE", this.worldSize));
  }

  /**
   * Compute hosts in order; the first entry of both variables is the host that launched the job and computes nothing.
   */
  #hosts(): string[] {
    const withCounts = this.environment
      .get("LSB_MCPU_HOSTS")
      ?.split(/\s+/)
      .filter((_, index) => index % 2 === 0);
    const listed = withCounts ?? this.environment.get("LSB_HOSTS")?.split(/\s+/);
    if (listed === undefined) {
      throw new MisconfigurationError({
        code: "LIT_ENVIRONMENT",
        message: "LSF does not say which hosts the job has.",
        expected: "LSB_MCPU_HOSTS or LSB_HOSTS to be set",
      });
    }
    return [...new Set(listed.filter((host) => host !== ""))].slice(1);
  }
}
