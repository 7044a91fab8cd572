import { describe, expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import { findProblems } from "./find-problems.js";
import { LIGHTNING_OPTIONS } from "./lightning-options.js";
import type { TrainerOptions } from "./trainer-options.js";

/** As a caller without types would. */
const untyped = (options: Record<string, unknown>): TrainerOptions => options as TrainerOptions;

const neutral = Object.entries(LIGHTNING_OPTIONS).flatMap(([name, option]) =>
  option.neutral.map((value): [string, unknown] => [name, value]),
);

describe("an option that only Lightning has", () => {
  it.each(neutral)("is accepted where it asks for what happens anyway: %s %s", (name, value) => {
    expect(findProblems(untyped({ [name]: value }))).toEqual([]);
  });

  it.each(Object.keys(LIGHTNING_OPTIONS))("is refused with advice for any other value: %s", (name) => {
    expect(findProblems(untyped({ [name]: "something" }))).toEqual([
      expect.stringMatching(new RegExp(`^${name}: there is no such option \\(.+\\)$`)),
    ]);
  });

  it("does nothing to a Trainer that is given it", () => {
    const trainer = new Trainer({ deterministic: true, benchmark: false, inferenceMode: true, maxEpochs: 3 });
    expect(trainer.maxEpochs).toBe(3);
  });

  it("is no promise that the device cannot keep", () => {
    expect(findProblems({ deterministic: true, accelerator: "tensorflow" })).toEqual([
      expect.stringContaining("the backend tensorflow does not promise the same bits"),
    ]);
    expect(findProblems({ deterministic: false, accelerator: "tensorflow" })).toEqual([]);
  });
});

describe("an old name", () => {
  it.each<[string, RegExp]>([
    ["gpus", /it is devices now/],
    ["resumeFromCheckpoint", /pass the path to fit: trainer\.fit\(model, \{ ckptPath \}\)/],
    ["resume_from_checkpoint", /pass the path to fit/],
    ["autoLrFind", /Lightning moved it to its Tuner/],
    ["progressBarRefreshRate", /new ProgressBar\(\{ refreshMs \}\)/],
    ["val_percent_check", /it is limitValBatches now/],
  ])("%s is refused with what stands in for it", (name, advice) => {
    const [problem, ...others] = findProblems(untyped({ [name]: 1 }));
    expect(problem).toMatch(new RegExp(`^${name}: there is no such option`));
    expect(problem).toMatch(advice);
    expect(others).toEqual([]);
  });

  it.each(["constructor", "toString", "hasOwnProperty"])("is not %s, which every object has", (name) => {
    expect(findProblems(untyped({ [name]: 1 }))).toEqual([`${name}: there is no such option`]);
  });

  it("that is nearly one of Lightning's finds it", () => {
    expect(findProblems(untyped({ inference_mode: true }))).toEqual([
      "inference_mode: there is no such option (did you mean inferenceMode?)",
    ]);
  });
});
