import { testClusterEnvironment, FakeEnvironment } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { detectEnvironment } from "./detect-environment.js";
import { KubeflowEnvironment } from "./kubeflow-environment.js";
import { LightningEnvironment } from "./lightning-environment.js";
import { LsfEnvironment } from "./lsf-environment.js";
import { MpiEnvironment } from "./mpi-environment.js";
import { firstSlurmHost, SlurmEnvironment } from "./slurm-environment.js";
import { TorchElasticEnvironment } from "./torch-elastic-environment.js";

const TORCHRUN = {
  RANK: "5",
  LOCAL_RANK: "1",
  GROUP_RANK: "1",
  LOCAL_WORLD_SIZE: "4",
  WORLD_SIZE: "8",
  MASTER_ADDR: "10.0.0.1",
  MASTER_PORT: "4711",
};
const SLURM = {
  SLURM_NTASKS: "8",
  SLURM_PROCID: "5",
  SLURM_LOCALID: "1",
  SLURM_NODEID: "1",
  SLURM_NODELIST: "host[5-9]",
  SLURM_JOB_ID: "1234567",
  SLURM_NTASKS_PER_NODE: "4",
  SLURM_NNODES: "2",
};
const LSF = {
  LSB_JOBID: "1234567",
  JSM_NAMESPACE_SIZE: "8",
  JSM_NAMESPACE_RANK: "5",
  JSM_NAMESPACE_LOCAL_RANK: "1",
  LSB_MCPU_HOSTS: "batch5 1 h41n04 42 h41n05 42",
  HOSTNAME: "h41n05",
};
const OPEN_MPI = {
  OMPI_COMM_WORLD_SIZE: "8",
  OMPI_COMM_WORLD_RANK: "5",
  OMPI_COMM_WORLD_LOCAL_RANK: "1",
  OMPI_COMM_WORLD_LOCAL_SIZE: "4",
};
const INTEL_MPI = { PMI_SIZE: "8", PMI_RANK: "5", MPI_LOCALRANKID: "1", MPI_LOCALNRANKS: "4" };

const KUBEFLOW = {
  KUBERNETES_PORT: "tcp://1.2.3.4",
  MASTER_ADDR: "main",
  MASTER_PORT: "23",
  WORLD_SIZE: "8",
  RANK: "5",
};
const fitting = { devicesPerNode: 4, numNodes: 2 };

testClusterEnvironment({
  name: "torchelastic",
  create: (environment) => new TorchElasticEnvironment(environment),
  variables: TORCHRUN,
  fitting,
});
testClusterEnvironment({
  name: "Slurm",
  create: (environment) => new SlurmEnvironment(environment),
  variables: SLURM,
  fitting,
});
testClusterEnvironment({
  name: "LSF",
  create: (environment) => new LsfEnvironment(environment),
  variables: LSF,
  fitting,
});
testClusterEnvironment({
  name: "Open MPI",
  create: (environment) => new MpiEnvironment(environment),
  variables: OPEN_MPI,
  fitting,
});
testClusterEnvironment({
  name: "Intel MPI",
  create: (environment) => new MpiEnvironment(environment),
  variables: INTEL_MPI,
  fitting,
});
testClusterEnvironment({
  name: "Kubeflow",
  create: (environment) => new KubeflowEnvironment(environment),
  variables: KUBEFLOW,
  fitting: { devicesPerNode: 1, numNodes: 8 },
});

function detect(variables: Record<string, string>): ReturnType<typeof detectEnvironment> {
  return detectEnvironment(new FakeEnvironment(variables));
}

describe("detectEnvironment", () => {
  it.each([
    ["torchelastic", TORCHRUN, "10.0.0.1", 4711],
    ["slurm", SLURM, "host5", 19_567],
    ["lsf", LSF, "h41n04", 14_567],
    ["mpi", OPEN_MPI, "127.0.0.1", 12_910],
    ["mpi", INTEL_MPI, "127.0.0.1", 12_910],
  ])("recognises %s by its variables and reads the topology", (name, variables, address, port) => {
    const found = detect(variables);
    expect([found.name, found.createsProcessesExternally]).toEqual([name, true]);
    expect([found.worldSize, found.globalRank, found.localRank, found.nodeRank]).toEqual([8, 5, 1, 1]);
    expect([found.mainAddress, found.mainPort]).toEqual([address, port]);
  });

  it("prefers torchrun inside a Slurm job", () => {
    expect(detect({ ...SLURM, ...TORCHRUN }).name).toBe("torchelastic");
  });

  it("finds nothing managed in an interactive Slurm shell", () => {
    const shell = { ...SLURM, SLURM_JOB_NAME: "bash" };
    expect(detect(shell).name).toBe("lightning");
    const environment = new SlurmEnvironment(new FakeEnvironment(shell));
    expect(() => environment.validateSettings({ devicesPerNode: 99, numNodes: 99 })).not.toThrow();
  });

  it("falls back to one process on this machine", () => {
    const alone = detect({});
    expect([
      alone.name,
      alone.createsProcessesExternally,
      alone.worldSize,
      alone.globalRank,
      alone.localRank,
      alone.nodeRank,
    ]).toEqual(["lightning", false, 1, 0, 0, 0]);
    expect([alone.mainAddress, alone.mainPort]).toEqual(["127.0.0.1", 29_400]);
  });

  it("names the variable that is not a number", () => {
    expect(() => detect({ ...TORCHRUN, RANK: "five" }).globalRank).toThrow(/RANK.*whole number.*"five"/);
  });
});

describe("LightningEnvironment", () => {
  it("is one process; whoever starts several says which of them this is", () => {
    const environment = new LightningEnvironment(
      new FakeEnvironment({ LOCAL_RANK: "3", GROUP_RANK: "1", STANDALONE_PORT: "5000" }),
    );
    expect([
      environment.createsProcessesExternally,
      environment.worldSize,
      environment.globalRank,
      environment.localRank,
      environment.nodeRank,
      environment.mainPort,
    ]).toEqual([true, 1, 0, 3, 1, 5000]);
  });
});

describe("SlurmEnvironment", () => {
  it.each([
    ["alpha,beta,gamma", "alpha"],
    ["alpha beta gamma", "alpha"],
    ["1.2.3.[100-110]", "1.2.3.100"],
    ["host[22,4-8]", "host22"],
    ["alpha[11,13],beta[8-9]", "alpha11"],
    ["host-a1[7]", "host-a17"],
  ])("takes the first host of %s", (list, host) => {
    expect(firstSlurmHost(list)).toBe(host);
  });

  it.each([
    [{ ...SLURM }, { devicesPerNode: 2, numNodes: 2 }, /--ntasks-per-node=4.*devices: 4/],
    [{ ...SLURM }, { devicesPerNode: 4, numNodes: 3 }, /--nodes=2.*numNodes: 2/],
    [{ SLURM_NTASKS: "8" }, { devicesPerNode: 8, numNodes: 1 }, /--ntasks=8.*--ntasks-per-node=8/],
  ])("refuses settings that do not match the job's", (variables, settings, message) => {
    expect(() => new SlurmEnvironment(new FakeEnvironment(variables)).validateSettings(settings)).toThrow(message);
  });

  it("accepts settings that match", () => {
    expect(() =>
      new SlurmEnvironment(new FakeEnvironment(SLURM)).validateSettings({ devicesPerNode: 4, numNodes: 2 }),
    ).not.toThrow();
  });
});

describe("KubeflowEnvironment", () => {
  it("has one process per node and is used only when it is passed", () => {
    const kubeflow = new KubeflowEnvironment(new FakeEnvironment(KUBEFLOW));
    expect([
      kubeflow.worldSize,
      kubeflow.globalRank,
      kubeflow.localRank,
      kubeflow.nodeRank,
      kubeflow.mainAddress,
      kubeflow.mainPort,
    ]).toEqual([8, 5, 0, 5, "main", 23]);
    expect(detect(KUBEFLOW).name).toBe("lightning");
    expect(KubeflowEnvironment.detect(new FakeEnvironment(KUBEFLOW))).toBe(true);
  });

  it("says what the cluster started when the devices do not fit", () => {
    expect(() =>
      new KubeflowEnvironment(new FakeEnvironment(KUBEFLOW)).validateSettings({ devicesPerNode: 2, numNodes: 2 }),
    ).toThrow(/kubeflow.*devices × numNodes = 8.*4/);
  });
});
