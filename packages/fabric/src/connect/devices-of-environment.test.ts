import { FakeEnvironment } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningEnvironment } from "../environments/lightning-environment.js";
import { LsfEnvironment } from "../environments/lsf-environment.js";
import { MpiEnvironment } from "../environments/mpi-environment.js";
import { SlurmEnvironment } from "../environments/slurm-environment.js";
import { devicesOfEnvironment } from "./devices-of-environment.js";

const OPEN_MPI = { OMPI_COMM_WORLD_SIZE: "8", OMPI_COMM_WORLD_RANK: "5", OMPI_COMM_WORLD_LOCAL_SIZE: "4" };
const SLURM = { SLURM_NTASKS: "6", SLURM_NTASKS_PER_NODE: "2" };
const LSF = { JSM_NAMESPACE_SIZE: "8", JSM_NAMESPACE_RANK: "1", JSM_NAMESPACE_LOCAL_SIZE: "8" };
const NOTHING = { devices: undefined, numNodes: undefined };

describe("devicesOfEnvironment", () => {
  it.each([
    ["mpirun", new MpiEnvironment(new FakeEnvironment(OPEN_MPI)), { devices: 4, numNodes: 2 }],
    ["srun", new SlurmEnvironment(new FakeEnvironment(SLURM)), { devices: 2, numNodes: 3 }],
    ["jsrun", new LsfEnvironment(new FakeEnvironment(LSF)), { devices: 8, numNodes: 1 }],
  ])("takes what %s has started", (_, environment, expected) => {
    expect(devicesOfEnvironment(environment, NOTHING)).toEqual(expected);
    expect(devicesOfEnvironment(environment, { ...NOTHING, devices: "auto" })).toEqual(expected);
  });

  it("leaves what the options say", () => {
    const environment = new MpiEnvironment(new FakeEnvironment(OPEN_MPI));
    for (const given of [
      { devices: 2, numNodes: undefined },
      { devices: "auto", numNodes: 2 },
    ] as const)
      expect(devicesOfEnvironment(environment, given)).toEqual(given);
  });

  it.each([
    ["machines differ", { ...OPEN_MPI, OMPI_COMM_WORLD_LOCAL_SIZE: "3" }],
    ["nobody says how many are here", { OMPI_COMM_WORLD_SIZE: "8", OMPI_COMM_WORLD_RANK: "5" }],
    ["there is one process", { ...OPEN_MPI, OMPI_COMM_WORLD_SIZE: "1" }],
  ])("leaves it to the options where %s", (_, variables) => {
    expect(devicesOfEnvironment(new MpiEnvironment(new FakeEnvironment(variables)), NOTHING)).toEqual(NOTHING);
  });

  it("leaves it to the options where nobody else starts processes, and in a shell of Slurm", () => {
    expect(devicesOfEnvironment(new LightningEnvironment(new FakeEnvironment({})), NOTHING)).toEqual(NOTHING);
    const shell = new SlurmEnvironment(new FakeEnvironment({ ...SLURM, SLURM_JOB_NAME: "bash" }));
    expect(devicesOfEnvironment(shell, NOTHING)).toEqual(NOTHING);
  });
});
