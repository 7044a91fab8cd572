import { MisconfigurationError, rejectUnknownOptions, type Environment } from "@lightning-ts/core";
import type { Requeue } from "./cluster-environment.js";
import { ExternalEnvironment } from "./external-environment.js";
import { integerVariable, portOfJob } from "./read-variables.js";

const DEFAULT_PORT = 12_910;
const PORT_BASE = 15_000;
const INTERACTIVE_JOB_NAMES = ["bash", "interactive"];

export interface SlurmEnvironmentOptions {
  /** Save and start the job again on SIGUSR1, which `sbatch --signal=SIGUSR1@90` asks Slurm for. @default true */
  readonly autoRequeue?: boolean | undefined;
}

/**
 * Reads how many processes `srun` has started and which one this is. A session named `bash` or `interactive` counts as
 * not managed by Slurm: its numbers of tasks and nodes are not compared with the options.
 * @example
 * ```ts
 * import { Fabric, SlurmEnvironment } from "@lightning-ts/fabric";
 * import { nodeEnvironment } from "@lightning-ts/fabric/node";
 *
 * const environment = nodeEnvironment();
 * console.log(SlurmEnvironment.detect(environment)); // false outside of a job
 * if (SlurmEnvironment.detect(environment)) new Fabric({ plugins: [new SlurmEnvironment(environment)] });
 * ```
 */
export class SlurmEnvironment extends ExternalEnvironment {
  readonly name = "slurm";
  readonly #requeues: boolean;

  constructor(environment: Environment, options: SlurmEnvironmentOptions = {}) {
    super(environment);
    rejectUnknownOptions("SlurmEnvironment", options, ["autoRequeue"]);
    this.#requeues = options.autoRequeue ?? true;
  }

  static detect(environment: Environment): boolean {
    return (
      environment.get("SLURM_NTASKS") !== undefined &&
      !INTERACTIVE_JOB_NAMES.includes(environment.get("SLURM_JOB_NAME") ?? "")
    );
  }

  get jobName(): string | undefined {
    return this.environment.get("SLURM_JOB_NAME");
  }
  get jobId(): number | undefined {
    return INTERACTIVE_JOB_NAMES.includes(this.jobName ?? "") || this.environment.get("SLURM_JOB_ID") === undefined
      ? undefined
      : integerVariable(this.environment, "SLURM_JOB_ID");
  }
  /** `scontrol requeue <job>`, for a job of an array with its own number. */
  get requeue(): Requeue | undefined {
    const { jobId } = this;
    if (!this.#requeues || jobId === undefined) return undefined;
    const array = this.environment.get("SLURM_ARRAY_JOB_ID");
    const task = this.environment.get("SLURM_ARRAY_TASK_ID");
    const job = array === undefined || task === undefined ? String(jobId) : `${array}_${task}`;
    return { job, command: ["scontrol", "requeue", job] };
  }
  get mainAddress(): string {
    return this.environment.get("MASTER_ADDR") ?? firstSlurmHost(this.environment.get("SLURM_NODELIST") ?? "127.0.0.1");
  }
  get mainPort(): number {
    return integerVariable(
      this.environment,
      "MASTER_PORT",
      portOfJob(this.environment.get("SLURM_JOB_ID") ?? "", PORT_BASE) ?? DEFAULT_PORT,
    );
  }
  get worldSize(): number {
    return integerVariable(this.environment, "SLURM_NTASKS");
  }
  get localWorldSize(): number | undefined {
    if (INTERACTIVE_JOB_NAMES.includes(this.jobName ?? "")) return undefined;
    const tasksPerNode = Number(this.environment.get("SLURM_NTASKS_PER_NODE"));
    return Number.isInteger(tasksPerNode) && tasksPerNode > 0 ? tasksPerNode : undefined;
  }
  get globalRank(): number {
    return integerVariable(this.environment, "SLURM_PROCID");
  }
  get localRank(): number {
    return integerVariable(this.environment, "SLURM_LOCALID");
  }
  get nodeRank(): number {
    return integerVariable(this.environment, "SLURM_NODEID");
  }

  override validateSettings({
    devicesPerNode,
    numNodes,
  }: {
    readonly devicesPerNode: number;
    readonly numNodes: number;
  }): void {
    if (INTERACTIVE_JOB_NAMES.includes(this.jobName ?? "")) return;
    const tasks = integerVariable(this.environment, "SLURM_NTASKS", 1);
    const tasksPerNode = this.environment.get("SLURM_NTASKS_PER_NODE");
    const nodes = this.environment.get("SLURM_NNODES");
    if (tasks > 1 && tasksPerNode === undefined) {
      throw mismatch(
        `--ntasks=${tasks} does not say how tasks are spread over the nodes.`,
        `use --ntasks-per-node=${tasks} instead.`,
      );
    }
    if (tasksPerNode !== undefined && Number(tasksPerNode) !== devicesPerNode) {
      throw mismatch(
        `devices=${devicesPerNode} does not match Slurm's --ntasks-per-node=${tasksPerNode}.`,
        `devices: ${tasksPerNode}`,
      );
    }
    if (nodes !== undefined && Number(nodes) !== numNodes) {
      throw mismatch(`numNodes=${numNodes} does not match Slurm's --nodes=${nodes}.`, `numNodes: ${nodes}`);
    }
  }
}

function mismatch(message: string, tryThis: string): MisconfigurationError {
  return new MisconfigurationError({ code: "LIT_SLURM", message, tryThis });
}

/**
 * The first host of Slurm's compressed list: `host[5-9]` → `host5`, `alpha,beta` → `alpha`, `alpha[11,13],beta1` →
 * `alpha11`.
 */
export function firstSlurmHost(nodeList: string): string {
  const expanded = nodeList.replace(/\[(.*?)[,-].*?\]/, "$1").replace(/\[(.*?)\]/, "$1");
  return expanded.split(/[ ,]/)[0] ?? nodeList;
}
