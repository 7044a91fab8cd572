import { Messages } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { FitSession } from "../session/fit-session.js";
import { mayStopNow, reasonToStop } from "./stop-conditions.js";

interface Setting {
  readonly epoch?: number;
  readonly globalStep?: number;
  readonly cutAfter?: number | null;
  readonly maxEpochs?: number;
  readonly maxSteps?: number;
  readonly minEpochs?: number;
  readonly minSteps?: number;
  readonly isStopping?: boolean;
  readonly stopReason?: string;
  readonly totalCount?: number;
}

function at(setting: Setting) {
  const { epoch = 1, globalStep = 10, cutAfter = null, maxEpochs = -1, maxSteps = -1 } = setting;
  const terminal = new FakeTerminal();
  const session: FitSession = Object({
    plan: { minEpochs: setting.minEpochs ?? 1, minSteps: setting.minSteps ?? 0 },
    state: {
      cursor: { epoch, globalStep, cutAfter },
      maxEpochs,
      maxSteps,
      isStopping: setting.isStopping ?? false,
      stopReason: setting.stopReason,
    },
    trainData: { totalCount: setting.totalCount ?? 5 },
    messages: new Messages(terminal),
  });
  return { session, terminal };
}

const reason = (setting: Setting) => reasonToStop(at(setting).session);

describe("a fit is over", () => {
  it.each<[string, Setting, string | undefined]>([
    ["not while nothing asks for it", {}, undefined],
    ["when all epochs are done", { epoch: 3, maxEpochs: 3 }, "maxEpochs 3 reached"],
    ["not before", { epoch: 2, maxEpochs: 3 }, undefined],
    ["when all steps are done", { globalStep: 8, maxSteps: 8 }, "maxSteps 8 reached"],
    ["not a step before", { globalStep: 7, maxSteps: 8 }, undefined],
    ["at once where there are no batches", { totalCount: 0, maxSteps: 0 }, "there are no training batches"],
    ["at once where no steps are wanted", { globalStep: 0, maxSteps: 0 }, "maxSteps 0 reached"],
    ["when it was asked to, with the reason", { isStopping: true, stopReason: "enough" }, "enough"],
    ["when it was asked to, without one", { isStopping: true }, "a hook asked to stop"],
    ["not before minEpochs", { isStopping: true, epoch: 1, minEpochs: 2 }, undefined],
    ["at minEpochs", { isStopping: true, epoch: 2, minEpochs: 2 }, "a hook asked to stop"],
    ["not before minSteps", { isStopping: true, globalStep: 4, minSteps: 5 }, undefined],
    ["at minSteps", { isStopping: true, globalStep: 5, minSteps: 5 }, "a hook asked to stop"],
    [
      "for the epochs, where those are whole",
      { epoch: 3, maxEpochs: 3, isStopping: true, stopReason: "enough" },
      "maxEpochs 3 reached",
    ],
    [
      "for the wish, where it cut the last epoch short",
      { epoch: 3, maxEpochs: 3, cutAfter: 2, isStopping: true, stopReason: "enough" },
      "enough",
    ],
    [
      "for the epochs, where nobody asked and the last was cut",
      { epoch: 3, maxEpochs: 3, cutAfter: 2 },
      "maxEpochs 3 reached",
    ],
    ["for the steps before the epochs", { epoch: 3, maxEpochs: 3, globalStep: 8, maxSteps: 8 }, "maxSteps 8 reached"],
  ])("%s", (_name, setting, expected) => {
    expect(reason(setting)).toBe(expected);
  });

  it("and says once what it waits for", () => {
    const { session, terminal } = at({ epoch: 1, minEpochs: 2 });
    expect([mayStopNow(session), mayStopNow(session)]).toEqual([false, false]);
    expect(terminal.text).toBe("A stop was asked for, but training goes on until minEpochs 2 is reached.\n");
    const steps = at({ epoch: 1, minEpochs: 1, globalStep: 4, minSteps: 5 });
    mayStopNow(steps.session);
    expect(steps.terminal.text).toBe(
      "A stop was asked for, but training goes on until minEpochs 1 and minSteps 5 are reached.\n",
    );
    const free = at({});
    expect([mayStopNow(free.session), free.terminal.text]).toEqual([true, ""]);
  });
});
