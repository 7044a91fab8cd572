import type { Environment } from "@lightning-ts/core";
import type { ClusterEnvironment } from "./cluster-environment.js";
import { LightningEnvironment } from "./lightning-environment.js";
import { LsfEnvironment } from "./lsf-environment.js";
import { MpiEnvironment } from "./mpi-environment.js";
import { SlurmEnvironment } from "./slurm-environment.js";
import { TorchElasticEnvironment } from "./torch-elastic-environment.js";

/** Environments in the order in which Lightning asks them: those with the more specific variables come first. */
const MANAGED = [TorchElasticEnvironment, SlurmEnvironment, LsfEnvironment, MpiEnvironment] as const;

/** The cluster that started this process, or Lightning's own environment where none did. */
export function detectEnvironment(environment: Environment): ClusterEnvironment {
  const Managed = MANAGED.find((candidate) => candidate.detect(environment));
  return Managed === undefined ? new LightningEnvironment(environment) : new Managed(environment);
}
