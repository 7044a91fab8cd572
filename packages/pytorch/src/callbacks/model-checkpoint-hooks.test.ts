import { CheckpointWriteError } from "@lightning-ts/fabric";
import { fileError } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { InterruptionError } from "../errors/interruption-error.js";
import { MODULE, Run, start } from "./checkpoint-run-under-test.js";
import { ModelCheckpoint } from "./model-checkpoint.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";
import { filesOf, readModelCheckpointState } from "./model-checkpoint-state.js";

/** What a ModelCheckpoint keeps after it was made with these options, and these changes. */
const stateOf = (options: ModelCheckpointOptions, changes: object) => ({
  ...new ModelCheckpoint(options).stateDict(),
  ...changes,
});

describe("the folder that a ModelCheckpoint takes", () => {
  it.each([
    [{}, 0, true],
    [{ saveTopK: 0 }, 0, false],
    [{ saveTopK: 0, saveLast: true }, 0, true],
    [{ saveTopK: 0, saveLast: false }, 0, false],
    [{ saveLast: "link" }, 1, false],
    [{}, 2, false],
  ] as const)("with %j in a fast run of %d batches is made: %s", async (options, fastDevRun, isMade) => {
    const run = Object.assign(new Run(), { fastDevRun });
    const callback = new ModelCheckpoint(options);
    await callback.setup(Object(run), MODULE, "fit");
    expect(callback.dirpath).toBe("/project/checkpoints");
    expect(await run.files.stat("/project/checkpoints")).toEqual(
      isMade ? expect.objectContaining({ isDirectory: true }) : undefined,
    );
  });
});

describe("files that wait to be removed", () => {
  const outdated = ["/ckpt/old.ckpt", "/ckpt/other.ckpt", "/ckpt/best.ckpt", "/elsewhere/old.ckpt"];

  /** A callback in a run that was killed before it removed those files, of which it wrote some. */
  async function resumed(own: readonly string[] = outdated) {
    const asked: string[] = [];
    const stepBeforeResuming = async (path: string) => {
      asked.push(path);
      return own.includes(path) ? 3 : undefined;
    };
    const started = await start({}, Object({ stepBeforeResuming }));
    for (const path of outdated) await started.run.saveCheckpoint(path, {});
    const state = { dirpath: "/ckpt", bestKModels: [["/ckpt/best.ckpt", 1]], outdated };
    started.callback.loadStateDict(stateOf({}, state));
    return { ...started, asked };
  }

  it("are removed when training starts: those of the run itself, in its folder, that are not kept", async () => {
    const { callback, run, trainer } = await resumed(outdated.filter((path) => path !== "/ckpt/other.ckpt"));
    expect(callback.stateDict()["outdated"]).toEqual(outdated);
    await callback.onTrainStart(trainer);
    expect(run.files.paths()).toEqual(["/ckpt/best.ckpt", "/ckpt/other.ckpt", "/elsewhere/old.ckpt"]);
    expect(callback.stateDict()["outdated"]).toEqual([]);
  });

  it("are nobody's business when there are none: training starts at once", async () => {
    const { callback, trainer } = await start();
    expect(callback.onTrainStart(trainer)).toBeUndefined();
  });

  it("are forgotten by the next fit", async () => {
    const { callback, trainer } = await resumed();
    await callback.setup(trainer, MODULE, "fit");
    expect(callback.stateDict()["outdated"]).toEqual([]);
  });

  it.each<[what: string, ModelCheckpointOptions, metrics: Record<string, number>, path: string]>([
    ["the newest", {}, {}, "/ckpt/epoch=0-step=1.ckpt"],
    ["one of the best", { monitor: "loss" }, { loss: 1 }, "/ckpt/epoch=0-step=1.ckpt"],
    ["the last", { saveTopK: 0, saveLast: true }, {}, "/ckpt/last.ckpt"],
  ])("stay where %s is written to their name", async (_what, options, metrics, path) => {
    const { callback, batch, epoch, run } = await start(options);
    callback.loadStateDict(stateOf(options, { dirpath: "/ckpt", outdated: [path] }));
    await batch();
    await epoch(metrics);
    if (options.saveTopK === 0) await callback.onTrainEnd(Object(run));
    expect(run.files.paths()).toContain(path);
    expect(callback.stateDict()["outdated"]).toEqual([]);
  });
});

describe("what a file says of the callback that writes it", () => {
  /** The state of the callback at each write. */
  async function written(options: ModelCheckpointOptions, epochs: readonly Record<string, number>[]) {
    const started = await start(options);
    const states: Record<string, unknown>[] = [];
    const { saveCheckpoint } = started.run;
    Object.assign(started.run, {
      saveCheckpoint: async (path: string, given: object) => {
        states.push(started.callback.stateDict());
        await saveCheckpoint.call(started.run, path, given);
      },
    });
    Object.assign(started.trainer, { saveCheckpoint: Reflect.get(started.run, "saveCheckpoint") });
    for (const metrics of epochs) {
      await started.batch();
      await started.epoch(metrics);
    }
    return { states, ...started };
  }
  const outdated = (states: readonly Record<string, unknown>[]) => states.map((state) => state["outdated"]);

  it("is which file it replaces", async () => {
    const { states, callback } = await written({}, [{}, {}]);
    expect(outdated(states)).toEqual([[], ["/ckpt/epoch=0-step=1.ckpt"]]);
    expect(callback.stateDict()["outdated"]).toEqual([]);
    expect(outdated((await written({ saveTopK: -1 }, [{}, {}])).states)).toEqual([[], []]);
    const same = { filename: "model", enableVersionCounter: false };
    expect(outdated((await written(same, [{}, {}])).states)).toEqual([[], []]);
  });

  it("is which of the best it replaces, and which is the best now", async () => {
    const { states } = await written({ monitor: "loss" }, [{ loss: 2 }, { loss: 1 }]);
    expect(outdated(states)).toEqual([[], ["/ckpt/epoch=0-step=1.ckpt"]]);
    expect(states.map(({ bestModelPath, bestModelScore }) => [bestModelPath, bestModelScore])).toEqual([
      ["/ckpt/epoch=0-step=1.ckpt", 2],
      ["/ckpt/epoch=1-step=2.ckpt", 1],
    ]);
  });

  it("is which last file it replaces, and none where the name stays", async () => {
    const named = await written({ saveTopK: 0, saveLast: true, everyNTrainSteps: 1 }, [{}, {}]);
    expect(outdated(named.states)).toEqual([[], [], [], []]);
    class Named extends ModelCheckpoint {
      static override readonly CHECKPOINT_NAME_LAST: string = "{step}-last";
    }
    const started = await start();
    const callback = new Named({ dirpath: "/ckpt", saveTopK: 0, saveLast: true, everyNTrainSteps: 1 });
    await callback.setup(started.trainer, MODULE, "fit");
    await callback.onTrainStart(started.trainer);
    const seen: unknown[] = [];
    Object.assign(started.trainer, {
      saveCheckpoint: async (path: string) => {
        seen.push(callback.stateDict()["outdated"]);
        await Run.prototype.saveCheckpoint.call(started.run, path, {});
      },
    });
    for (const globalStep of [1, 2]) {
      Object.assign(started.trainer, { globalStep, batchesSeen: globalStep });
      await callback.onTrainBatchEnd(started.trainer);
    }
    expect(seen).toEqual([[], ["/ckpt/step=1-last.ckpt"]]);
    expect(callback.stateDict()).toMatchObject({ lastModelPath: "/ckpt/step=2-last.ckpt", outdated: [] });
    expect(started.names()).toEqual(["step=2-last"]);
  });
});

describe("a ModelCheckpoint that failed", () => {
  it("writes nothing for a run that failed before it was set up, or after it was torn down", async () => {
    const failing = { saveOnException: true, everyNEpochs: 9 };
    const early = new ModelCheckpoint(failing);
    const run = Object.assign(new Run(), { globalStep: 1, batchesSeen: 1 });
    await early.onException(Object(run), MODULE, new Error("no more"));
    const { callback, trainer, batch, names } = await start(failing);
    await batch();
    callback.teardown();
    await callback.onException(trainer, MODULE, new Error("no more"));
    expect([run.saved, names()]).toEqual([[], []]);
  });

  it("on one rank of several writes nothing, unless the run was interrupted on all", async () => {
    const orders: unknown[] = [];
    const strategy = {
      broadcast: async (order: object) => {
        orders.push(Reflect.get(order, "kind"));
        return order;
      },
    };
    const options = { saveOnException: true, everyNEpochs: 9 };
    const { callback, run, trainer, batch } = await start(options, Object({ worldSize: 2, strategy }));
    await batch();
    await callback.onException(trainer, MODULE, new Error("no more"));
    expect([run.saved.length, orders]).toEqual([0, []]);
    expect(run.warnings).toEqual([
      "failure of one rank: A rank that fails writes no checkpoint: the others would have to take part.",
    ]);
    await callback.onException(trainer, MODULE, new InterruptionError("SIGTERM", "epoch 0"));
    expect([run.saved.length, orders]).toEqual([1, ["save", "done"]]);
  });

  it("is as before where a file that it replaced cannot be removed because the new one is not there", async () => {
    const { callback, run, batch, epoch, trainer } = await start({ monitor: "loss" });
    await batch();
    await epoch({ loss: 2 });
    const before = callback.stateDict();
    Object.assign(trainer, {
      saveCheckpoint: async () => undefined,
      removeCheckpoint: () => Promise.reject(new CheckpointWriteError("/ckpt/b.ckpt", new Error("disk full"))),
    });
    await batch();
    await expect(epoch({ loss: 1 })).rejects.toThrow("disk full");
    expect(callback.stateDict()).toEqual(before);
    expect(run.files.paths()).toEqual(["/ckpt/epoch=0-step=1.ckpt"]);
  });
});

describe("a ModelCheckpoint whose files are not what they were", () => {
  it("keeps what it wrote where only the old file cannot be removed, and tries again later", async () => {
    const { callback, run, batch, epoch, trainer } = await start({ monitor: "loss" });
    await batch();
    await epoch({ loss: 2 });
    Object.assign(trainer, { removeCheckpoint: () => Promise.reject(fileError("EACCES", "not allowed")) });
    Object.assign(trainer, { globalStep: 2, batchesSeen: 2, currentEpoch: 1, callbackMetrics: { loss: 1 } });
    await callback.onTrainEpochEnd(trainer);
    expect(run.warnings.join()).toMatch(
      /epoch=0-step=1\.ckpt.*could not be removed: EACCES: not allowed\. It is tried/,
    );
    expect(callback).toMatchObject({ bestModelPath: "/ckpt/epoch=1-step=2.ckpt", bestModelScore: 1 });
    expect(callback.stateDict()["outdated"]).toEqual(["/ckpt/epoch=0-step=1.ckpt"]);
    const removed: string[] = [];
    Object.assign(trainer, { removeCheckpoint: async (path: string) => void removed.push(path) });
    await batch();
    await epoch({ loss: 0.5 });
    expect(removed).toEqual(["/ckpt/epoch=0-step=1.ckpt", "/ckpt/epoch=1-step=2.ckpt"]);
    expect(callback.stateDict()["outdated"]).toEqual([]);
  });

  it("names the newest of all files that is still there", async () => {
    const { callback, batch, epoch, run, trainer } = await start({ saveTopK: -1 });
    for (let i = 0; i < 3; i += 1) {
      await batch();
      await epoch();
    }
    for (const name of ["epoch=2-step=3", "epoch=1-step=2"]) await run.files.remove(`/ckpt/${name}.ckpt`);
    await callback.onTrainEnd(trainer);
    expect(callback.bestModelPath).toBe("/ckpt/epoch=0-step=1.ckpt");
  });

  it("on another rank than 0 leaves it to rank 0 to look", async () => {
    const strategy = { broadcast: async (order: object) => order };
    const { callback, trainer, batch } = await start({}, Object({ worldSize: 2, isGlobalZero: false, strategy }));
    await batch();
    callback.loadStateDict(stateOf({}, { dirpath: "/ckpt", bestModelPath: "/ckpt/elsewhere.ckpt" }));
    await callback.onException(trainer, MODULE, new Error("no more"));
    expect(callback.bestModelPath).toBe("/ckpt/elsewhere.ckpt");
  });

  it("never removes the file that the run was resumed from", async () => {
    const { batch, epoch, names, run } = await start();
    await batch();
    await epoch();
    run.ckptPath = "/ckpt/epoch=0-step=1.ckpt";
    Object.assign(run, { stepBeforeResuming: async () => undefined });
    await batch();
    await epoch();
    expect(names()).toEqual(["epoch=0-step=1", "epoch=1-step=2"]);
  });

  it("keeps the last file that its state names, whatever the run was resumed from", async () => {
    const { callback, run, trainer } = await start({ saveLast: true });
    callback.loadStateDict(stateOf({}, { dirpath: "/ckpt", lastModelPath: "/ckpt/last-v1.ckpt" }));
    run.ckptPath = "/ckpt/last.ckpt";
    Object.assign(trainer, { ckptPath: "/ckpt/last.ckpt" });
    await callback.onTrainStart(trainer);
    expect(callback.lastModelPath).toBe("/ckpt/last-v1.ckpt");
  });

  it("says nothing of files that are none in its state", () => {
    const read = readModelCheckpointState(stateOf({}, { outdated: ["/a", 3], bestKModels: [["/b", 1]] }));
    expect(read.outdated).toEqual(["/a"]);
    expect(filesOf({ ...read, bestModelPath: "/c", lastModelPath: "" })).toEqual(["/c", "/b"]);
  });
});

describe("when a ModelCheckpoint is due", () => {
  it("it knows by its options, which are refused under a code of their own", () => {
    expect(() => new ModelCheckpoint({ everyNEpochs: 0.5 })).toThrow(
      expect.objectContaining({ code: "LIT_MODEL_CHECKPOINT" }),
    );
  });

  it("it saves every third epoch", async () => {
    const { batch, epoch, names } = await start({ everyNEpochs: 3, saveTopK: -1, filename: "{epoch}" });
    for (let i = 0; i < 7; i += 1) {
      await batch();
      await epoch();
    }
    expect(names()).toEqual(["epoch=2", "epoch=5"]);
  });

  it("it saves nothing for an epoch of a dry run", async () => {
    for (const saveOnTrainEpochEnd of [true, false]) {
      const { batch, epoch, run, validation } = await start({ saveOnTrainEpochEnd });
      await batch();
      run.fastDevRun = 1;
      await epoch();
      await validation();
      expect(run.saved).toEqual([]);
    }
  });

  it("it writes the last file of a step again under the name that its epoch gives it, and the old one goes", async () => {
    class Named extends ModelCheckpoint {
      static override readonly CHECKPOINT_NAME_LAST: string = "{loss}-last";
    }
    const started = await start();
    const { trainer } = started;
    const callback = new Named({ dirpath: "/ckpt", saveLast: true, everyNTrainSteps: 1, filename: "{step}" });
    await callback.setup(trainer, MODULE, "fit");
    await callback.onTrainStart(trainer);
    Object.assign(trainer, { globalStep: 1, batchesSeen: 1, callbackMetrics: { loss: 1 } });
    await callback.onTrainBatchEnd(trainer);
    expect(started.names()).toEqual(["loss=1-last", "step=1"]);
    Object.assign(trainer, { callbackMetrics: { loss: 2 } });
    await callback.onTrainEpochEnd(trainer);
    expect(started.names()).toEqual(["loss=2-last", "step=1"]);
    expect(callback.stateDict()["outdated"]).toEqual([]);
  });
});

describe("ranks that write together", () => {
  it("are asked only after batches that may be due", async () => {
    const orders: unknown[] = [];
    let last: unknown;
    const strategy = {
      broadcast: async (order: object, _from: number, name: string) => {
        last = order;
        orders.push([Reflect.get(order, "kind"), name.slice(name.lastIndexOf("}") + 1)]);
        return order;
      },
    };
    const asked = async (options: ModelCheckpointOptions, batches: number) => {
      orders.length = 0;
      const { batch } = await start(options, Object({ worldSize: 2, strategy }));
      for (let i = 0; i < batches; i += 1) await batch();
      return [...orders];
    };
    expect(await asked({ everyNTrainSteps: 2 }, 3)).toEqual([
      ["save", " at global step 2"],
      ["done", " at global step 2"],
    ]);
    expect(await asked({}, 2)).toEqual([]);
    const { batch, callback } = await start({ everyNTrainSteps: 1 }, Object({ worldSize: 2, strategy }));
    await batch();
    expect(last).toEqual({ kind: "done", state: callback.stateDict() });
    expect(await asked({ trainTimeInterval: 1000 }, 1)).toEqual([["done", " at global step 1"]]);
  });

  it("take over what rank 0 remembers", async () => {
    const state = stateOf({}, { bestModelPath: "/ckpt/of-rank-0.ckpt", lastModelPath: "/ckpt/last.ckpt" });
    const strategy = { broadcast: async () => ({ kind: "done", state }) };
    const changes = Object({ worldSize: 2, isGlobalZero: false, strategy });
    const { callback, run, batch, epoch } = await start({}, changes);
    await batch();
    await epoch();
    expect([callback.bestModelPath, callback.lastModelPath, run.saved]).toEqual([
      "/ckpt/of-rank-0.ckpt",
      "/ckpt/last.ckpt",
      [],
    ]);
  });
});

describe("a ModelCheckpoint and the validation that follows", () => {
  it("writes nothing, not even the last file, before a validation that brings the metric", async () => {
    const options = { monitor: "loss", saveLast: true, everyNTrainSteps: 1 };
    const { batch, validation, names } = await start(options, { willValidateNow: true, hasValidation: true });
    await batch();
    expect(names()).toEqual([]);
    await validation({ loss: 1 });
    expect(names()).toEqual(["epoch=0-step=1", "last"]);
  });

  it("saves a step once, also where it was saved before its validation", async () => {
    const { run, batch, validation, callback, trainer } = await start({ everyNTrainSteps: 1, monitor: "loss" });
    await batch({ loss: 2 });
    expect(run.saved).toHaveLength(1);
    run.willValidateNow = true;
    await callback.onTrainBatchEnd(trainer);
    await validation({ loss: 1 });
    expect(run.saved).toHaveLength(1);
  });

  it("has its state read before a run is known, whatever folder that is", () => {
    const callback = new ModelCheckpoint({ dirpath: "/new" });
    callback.loadStateDict(stateOf({}, { dirpath: "/ckpt", bestModelPath: "/ckpt/a.ckpt", bestModelScore: 1 }));
    expect([callback.bestModelPath, callback.bestModelScore]).toEqual(["/ckpt/a.ckpt", 1]);
  });
});
