import { FakeProcesses, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { requeueIfAsked } from "./requeue-job.js";
import { sessionUnderTest } from "./session-under-test.js";

class Net extends LightningModule {}

interface Setting {
  readonly stage?: string;
  readonly isAsked?: boolean;
  readonly requeue?: object | undefined;
  readonly worldSize?: number;
  /** What the ranks agree on together. @default what this one wishes */
  readonly agreed?: boolean;
  readonly isGlobalZero?: boolean;
  /** What rank 0 tells the others, by the name of what is told. */
  readonly told?: Readonly<Record<string, unknown>>;
  /** How the program ends that asks for the job. */
  readonly code?: number | Error;
  readonly hasProcesses?: boolean;
}

function setUp(setting: Setting = {}) {
  const { stage = "fit", isAsked = true, worldSize = 1, agreed, isGlobalZero = true, told, code = 0 } = setting;
  const { requeue = { job: "7", command: ["scontrol", "requeue", "7"] }, hasProcesses = true } = setting;
  const files = new MemoryFiles();
  class Programs extends FakeProcesses {
    override async run(command: string, args: readonly string[]): Promise<number> {
      await super.run(command, args);
      if (code instanceof Error) throw code;
      return code;
    }
  }
  const processes = new Programs();
  const under = sessionUnderTest({
    module: new Net(),
    stage,
    plan: { defaultRootDir: "/jobs" },
    parts: {
      connection: {
        environment: "requeue" in setting && setting.requeue === undefined ? {} : { requeue },
        ports: { files, processes: hasProcesses ? processes : undefined },
        strategy: {
          worldSize,
          isGlobalZero,
          agree: async ({ name, wish }: { readonly name: string; readonly wish: boolean }) => {
            under.calls.push(`agree on ${wish}: ${name}`);
            return agreed ?? wish;
          },
          broadcast: async (value: object, from: number, name: string) => {
            under.calls.push(`broadcast ${JSON.stringify(value)} from ${from}: ${name}`);
            return told?.[name] ?? value;
          },
        },
      },
      trainer: { callbacks: [], saveCheckpoint: async (path: string) => void under.calls.push(`save ${path}`) },
    },
  });
  under.state.isRequeueAsked = isAsked;
  return { ...under, processes, requeueNow: () => under.run(requeueIfAsked(under.session)) };
}

const AT = "requeue at epoch 0, batch 0 (global step 0)";

describe("a job whose time is about to end", () => {
  it("saves its fit, asks for another start and ends", async () => {
    const { requeueNow, calls, processes, state, terminal } = setUp();
    await requeueNow();
    expect(calls).toEqual(["save /jobs/hpc_ckpt_1.ckpt"]);
    expect(processes.commands).toEqual([["scontrol", "requeue", "7"]]);
    expect([state.interruption, state.isRequeueAsked]).toEqual(["SIGUSR1", false]);
    expect(terminal.text).toContain("The time of job 7 is about to end: the run is saved as /jobs/hpc_ckpt_1.ckpt.");
    expect(terminal.warnings).toEqual([]);
  });

  it.each(["validate", "test", "predict"])("saves nothing in %s, which begins anew", async (stage) => {
    const { requeueNow, calls, processes, state } = setUp({ stage });
    await requeueNow();
    expect([calls, processes.commands.length, state.interruption]).toEqual([[], 1, "SIGUSR1"]);
  });

  it("goes on where nobody asks, and where it is no job", async () => {
    for (const setting of [{ isAsked: false }, { requeue: undefined }, { requeue: undefined, worldSize: 2 }]) {
      const { requeueNow, calls, processes, state } = setUp(setting);
      await requeueNow();
      expect([calls, processes.commands, state.interruption]).toEqual([[], [], undefined]);
    }
  });

  it("stays interrupted by what interrupted it before", async () => {
    const { requeueNow, state } = setUp();
    state.interruption = "SIGINT";
    await requeueNow();
    expect(state.interruption).toBe("SIGINT");
  });

  it.each<[Setting, string]>([
    [{ code: 3 }, "scontrol requeue 7 ended with 3"],
    [{ code: new Error("no such program") }, "scontrol requeue 7 could not be run (Error: no such program)"],
    [{ hasProcesses: false }, "this platform starts no programs"],
  ])("goes on where it is not started again (%o), and says why", async (setting, why) => {
    const { requeueNow, state, terminal } = setUp(setting);
    await requeueNow();
    expect([state.interruption, state.isRequeueAsked]).toEqual([undefined, false]);
    expect(terminal.warnings).toEqual([
      `Warning: Job 7 is not started again: ${why}. This run goes on until it is ended.`,
    ]);
  });

  it("with several ranks asks once, when one of them was asked to", async () => {
    const { requeueNow, calls, processes, state } = setUp({ worldSize: 2, isAsked: false, agreed: true });
    await requeueNow();
    expect(calls).toEqual([
      `agree on false: ${AT}`,
      'broadcast {"path":"/jobs/hpc_ckpt_1.ckpt"} from 0: hpc path',
      "save /jobs/hpc_ckpt_1.ckpt",
      `broadcast {"failure":""} from 0: ${AT}`,
    ]);
    expect([processes.commands.length, state.interruption]).toEqual([1, "SIGUSR1"]);
  });

  it("goes on as long as no rank was asked to end", async () => {
    const { requeueNow, calls, state } = setUp({ worldSize: 2, isAsked: false });
    await requeueNow();
    expect([calls, state.interruption]).toEqual([[`agree on false: ${AT}`], undefined]);
  });

  it("does on other ranks as the first one says", async () => {
    const told = { "hpc path": { path: "/jobs/hpc_ckpt_5.ckpt" } };
    const { requeueNow, calls, processes, state, terminal } = setUp({ worldSize: 2, isGlobalZero: false, told });
    await requeueNow();
    expect(calls).toEqual([
      `agree on true: ${AT}`,
      'broadcast {"path":""} from 0: hpc path',
      "save /jobs/hpc_ckpt_5.ckpt",
      `broadcast {"failure":""} from 0: ${AT}`,
    ]);
    expect([processes.commands, state.interruption, terminal.text]).toEqual([[], "SIGUSR1", ""]);
    const failed = setUp({
      worldSize: 2,
      isGlobalZero: false,
      told: { ...told, [AT]: { failure: "nobody is there" } },
    });
    await failed.requeueNow();
    expect(failed.state.interruption).toBeUndefined();
    expect(failed.terminal.warnings.join()).toContain("Job 7 is not started again: nobody is there.");
  });
});
