import { nn, resolveBackend } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { Driver } from "../../door/driver.js";
import type { Session } from "../session/session.js";
import { requireOwnSteps } from "./require-own-steps.js";
import { TrainingModes } from "./training-modes.js";

beforeAll(() => resolveBackend("cpu"));

describe("the modes of a module's parts", () => {
  it("are those that they were, however they were changed meanwhile", () => {
    const model = new nn.Sequential(new nn.Dropout(0.5), new nn.ReLU());
    model.modules().forEach((part, index) => (part.training = index === 1));
    const modes = new TrainingModes(model);
    model.train();
    modes.restore();
    expect([...model.modules()].map(({ training }) => training)).toEqual([false, true, false]);
  });
});

describe("steps that were taken back", () => {
  const sessionWith = (isTakenBack: boolean, synchronize: () => Promise<void>): Session =>
    Object({ backend: { synchronize }, state: { isTakenBack, describePosition: () => "batch 3" } });

  it("end the run, with what to do", async () => {
    let synchronized = 0;
    const session = sessionWith(true, async () => void (synchronized += 1));
    const failure: unknown = await Promise.resolve(new Driver().run(requireOwnSteps(session))).catch((error) => error);
    expect(failure).toMatchObject({ code: "LIT_TAKEN_BACK" });
    expect(String(failure)).toContain("Steps before batch 3 were taken back, because another run failed");
    expect(String(failure)).toContain("going on from the last checkpoint; runs one after the other");
    expect(synchronized).toBe(1);
  });

  it("of a failure of this run's own end it with that failure", async () => {
    const session = sessionWith(true, () => Promise.reject(new Error("out of memory")));
    await expect(new Driver().run(requireOwnSteps(session))).rejects.toMatchObject({ message: "out of memory" });
  });

  it("are none as a rule, and then nothing is waited for", () => {
    const session = sessionWith(false, () => Promise.reject(new Error("not to be called")));
    expect(new Driver().run(requireOwnSteps(session))).toBeUndefined();
  });
});
