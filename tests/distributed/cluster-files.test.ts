import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { MPICH, OPEN_MPI, warnOfMissing } from "./mpi-launchers.js";
import { runRanks, TIMEOUT_MS } from "./start-ranks.js";
import type { TrainOrders, TrainResult } from "./train.js";

const guide = readFileSync(new URL("../../docs/guides/distributed.md", import.meta.url), "utf8");

/** The file of the guide that has a text in it. */
function fileWith(language: string, text: string): string {
  const blocks = [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, block]) => block);
  return blocks.find((block) => block?.includes(text)) ?? "";
}

describe("the guide's files for clusters", () => {
  const slurm = fileWith("sh", "#SBATCH");

  it("are a shell script that asks Slurm for what it can give", () => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: slurm, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    const lines = slurm.split("\n");
    const asked = lines
      .filter((line) => line.startsWith("#SBATCH"))
      .map((line) => /^#SBATCH --([\w-]+)=(\S+)/.exec(line));
    expect(Object.fromEntries(asked.map((match) => [match?.[1], match?.[2]]))).toEqual({
      nodes: "2",
      "ntasks-per-node": "4",
      "cpus-per-task": "4",
      signal: "SIGUSR1@90",
    });
    // Slurm reads them up to the first command.
    expect(lines.findLastIndex((line) => line.startsWith("#SBATCH"))).toBe(asked.length);
    expect(lines[0]).toBe("#!/bin/bash");
  });

  it("are a job of the MPI operator that starts as many ranks as its workers have slots", () => {
    const { apiVersion, kind, spec } = parse(fileWith("yaml", "MPIJob"));
    expect([apiVersion, kind]).toEqual(["kubeflow.org/v2beta1", "MPIJob"]);
    const { Launcher, Worker } = spec.mpiReplicaSpecs;
    const [{ command }] = Launcher.template.spec.containers;
    expect(command.slice(0, 2)).toEqual(["mpirun", "-n"]);
    expect(Number(command[2])).toBe(spec.slotsPerWorker * Worker.replicas);
    expect(command.slice(3)).toEqual(["node", "/app/train.js"]);
    expect(Launcher.replicas).toBe(1);
    expect(Worker.template.spec.containers).toHaveLength(1);
  });
});

warnOfMissing([OPEN_MPI, MPICH]);
/** What `srun` says to a process, by the number that PMIx knows it by; nothing of `mpirun` is left. */
const AS_SRUN = `
export SLURM_PROCID=$OMPI_COMM_WORLD_RANK SLURM_LOCALID=$OMPI_COMM_WORLD_LOCAL_RANK SLURM_NODEID=0
export SLURM_NTASKS=2 SLURM_NTASKS_PER_NODE=2 SLURM_NNODES=1 SLURM_JOB_ID=4711 SLURM_JOB_NAME=train.sh
export SLURM_NODELIST=localhost SLURM_CPUS_PER_TASK=1
for name in $(env | sed -n 's/^\\(OMPI_COMM_WORLD_[A-Z_]*\\)=.*/\\1/p'); do unset $name; done
exec "$@"`;
/** What `srun --mpi=pmi2` says: MPICH's own numbers stay, by which its library finds the others. */
const AS_SRUN_WITH_PMI = `
export SLURM_PROCID=$PMI_RANK SLURM_LOCALID=$MPI_LOCALRANKID SLURM_NODEID=0
export SLURM_NTASKS=2 SLURM_NTASKS_PER_NODE=2 SLURM_NNODES=1 SLURM_JOB_ID=4711 SLURM_JOB_NAME=train.sh
export SLURM_NODELIST=localhost SLURM_CPUS_PER_TASK=1
unset MPI_LOCALRANKID MPI_LOCALNRANKS
exec "$@"`;
/** What a pod of Kubernetes has besides what `mpirun` says. */
const AS_KUBERNETES = `
export KUBERNETES_PORT=tcp://10.0.0.1:443 KUBERNETES_SERVICE_HOST=10.0.0.1 KUBERNETES_SERVICE_PORT=443
exec "$@"`;

describe("processes of a cluster", { timeout: TIMEOUT_MS }, () => {
  const cases = [
    { name: "srun", script: AS_SRUN, launcher: OPEN_MPI },
    { name: "srun with PMI", script: AS_SRUN_WITH_PMI, launcher: MPICH },
    { name: "a pod's mpirun", script: AS_KUBERNETES, launcher: OPEN_MPI },
  ].filter(({ launcher }) => launcher.missing === undefined);
  it.skipIf(cases.length > 0)("need an MPI that is installed", () => undefined);
  it.each(cases)("find each other by the variables of $name", async ({ script, launcher }) => {
    const orders: TrainOrders = { loop: "fabric", devices: 2, batchSize: 4, steps: 4, optimizer: "sgd" };
    const { mpirun } = launcher;
    const wrapper = ["bash", "-c", script, "bash"];
    const { code, results, stderr } = await runRanks<TrainResult>("train.ts", orders, { mpirun, wrapper });
    expect(code, stderr).toBe(0);
    expect(results.map((result) => result?.rank)).toEqual([0, 1]);
    expect(results[1]?.weights).toEqual(results[0]?.weights);
    expect(results[1]?.losses).not.toEqual(results[0]?.losses);
  });
});
