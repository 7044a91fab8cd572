import { DataLoader, seedEverything } from "@lightning-ts/core";
import { SlurmEnvironment, type SlurmEnvironmentOptions } from "@lightning-ts/fabric";
import {
  BoringModel,
  FakeEnvironment,
  FakeProcesses,
  FakeSignals,
  FakeTerminal,
  MemoryFiles,
  randomDataset,
} from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

let files: MemoryFiles;
let terminal: FakeTerminal;
let started = 0;

beforeEach(() => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
});

/** A process of a job: its `scontrol` ends with a code, or is not there. */
class JobProcesses extends FakeProcesses {
  constructor(readonly code: number | "missing") {
    super({ processId: 100 + (started += 1) });
  }
  override async run(command: string, args: readonly string[]): Promise<number> {
    await super.run(command, args);
    if (this.code === "missing") throw new Error(`spawn ${command} ENOENT`);
    return this.code;
  }
}

interface Start {
  readonly trainer: Trainer;
  readonly processes: JobProcesses;
  readonly signals: FakeSignals;
}

function start(
  variables: Record<string, string>,
  options: TrainerOptions & { readonly at?: number; readonly code?: number | "missing" } = {},
  slurm?: SlurmEnvironmentOptions,
): Start {
  const { at, code = 0, ...others } = options;
  const processes = new JobProcesses(code);
  const signals = new FakeSignals();
  const environment = new FakeEnvironment({
    SLURM_NTASKS: "1",
    SLURM_PROCID: "0",
    SLURM_LOCALID: "0",
    SLURM_NODEID: "0",
    ...variables,
  });
  const ports = { files, terminal, processes, signals, environment };
  const trainer = quietTrainer({
    maxEpochs: 2,
    limitValBatches: 0,
    defaultRootDir: "/jobs",
    plugins: [new SlurmEnvironment(environment, slurm)],
    callbacks: new LambdaCallback({
      onTrainBatchEnd: (now) => {
        if (now.batchesSeen === at) signals.send("SIGUSR1");
      },
    }),
    ports,
    ...others,
  });
  return { trainer, processes, signals };
}

const loader = () => new DataLoader(randomDataset({ length: 8 }), { batchSize: 2, shuffle: true });

async function weightsOf(model: BoringModel): Promise<number[]> {
  return [...(await model.layer.weight.data())];
}

describe("a job whose time is about to end", () => {
  it("is saved and started again, and the next start goes on to the same weights", async () => {
    seedEverything(3);
    const whole = new BoringModel();
    await start({}).trainer.fit(whole, loader());
    seedEverything(3);
    const first = start({ SLURM_JOB_ID: "7" }, { at: 3 });
    const result = await first.trainer.fit(new BoringModel(), loader());
    expect(result).toMatchObject({ status: "interrupted", reason: "SIGUSR1", steps: 3 });
    expect([first.processes.commands, first.processes.exitCodes]).toEqual([[["scontrol", "requeue", "7"]], [138]]);
    expect(first.signals.handlerCount("SIGUSR1")).toBe(0);
    expect(files.paths()).toContain("/jobs/hpc_ckpt_1.ckpt");
    seedEverything(9);
    const model = new BoringModel();
    const again = start({ SLURM_JOB_ID: "7" });
    expect(await again.trainer.fit(model, loader())).toMatchObject({ status: "finished", steps: 8 });
    expect(terminal.text).toContain("Job 7 was started again: this run goes on from /jobs/hpc_ckpt_1.ckpt.");
    expect(await weightsOf(model)).toEqual(await weightsOf(whole));
  });

  it("goes on from what it saved itself, not from what another job or another fit saved", async () => {
    await start({ SLURM_JOB_ID: "7" }, { at: 3 }).trainer.fit(new BoringModel(), loader());
    const other = await start({ SLURM_JOB_ID: "8" }, { at: 2 }).trainer.fit(new BoringModel(), loader());
    expect(other.steps).toBe(2);
    const { trainer } = start({ SLURM_JOB_ID: "7" });
    await trainer.fit(new BoringModel(), loader(), { ckptPath: "/jobs/hpc_ckpt_2.ckpt" });
    expect(terminal.text).toContain("goes on from /jobs/hpc_ckpt_1.ckpt");
    const before = terminal.text.length;
    await trainer.fit(new BoringModel(), loader());
    expect(terminal.text.slice(before)).not.toContain("started again");
  });

  it("of an array has a number of its own", async () => {
    const { trainer, processes } = start(
      { SLURM_JOB_ID: "9", SLURM_ARRAY_JOB_ID: "7", SLURM_ARRAY_TASK_ID: "2" },
      { at: 1 },
    );
    await trainer.fit(new BoringModel(), loader());
    expect(processes.commands).toEqual([["scontrol", "requeue", "7_2"]]);
  });

  it.each([1, "missing"] as const)("goes on where scontrol is of no use (%s), and says so", async (code) => {
    const { trainer } = start({ SLURM_JOB_ID: "7" }, { at: 3, code });
    expect(await trainer.fit(new BoringModel(), loader())).toMatchObject({ status: "finished", steps: 8 });
    expect(terminal.warnings.join()).toMatch(
      /Job 7 is not started again: scontrol requeue 7 .*goes on until it is ended/,
    );
    expect(files.paths()).toContain("/jobs/hpc_ckpt_1.ckpt");
  });

  it("is left alone outside of a job, and where that is asked for", async () => {
    for (const { trainer, processes } of [
      start({}, { at: 3 }),
      start({ SLURM_JOB_ID: "7" }, { at: 3 }, { autoRequeue: false }),
    ]) {
      expect(await trainer.fit(new BoringModel(), loader())).toMatchObject({ status: "finished", steps: 8 });
      expect([processes.commands, files.paths()]).toEqual([[], []]);
    }
  });
});

describe('ckptPath "hpc"', () => {
  it("is the newest checkpoint of a job", async () => {
    await start({ SLURM_JOB_ID: "7" }, { at: 3 }).trainer.fit(new BoringModel(), loader());
    await start({ SLURM_JOB_ID: "8" }, { at: 5 }).trainer.fit(new BoringModel(), loader());
    const { trainer } = start({});
    await trainer.fit(new BoringModel(), loader(), { ckptPath: "hpc" });
    expect(trainer.ckptPath).toBe("/jobs/hpc_ckpt_2.ckpt");
  });

  it("is refused where there is none", async () => {
    const run = start({}).trainer.fit(new BoringModel(), loader(), { ckptPath: "hpc" });
    await expect(run).rejects.toThrow(/"hpc" found no checkpoint of a job: \/jobs/);
  });
});
