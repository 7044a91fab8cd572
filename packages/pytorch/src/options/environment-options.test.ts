import { FakeEnvironment } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import { variableOf, withEnvironment } from "./environment-options.js";
import { TRAINER_OPTIONS } from "./option-table.js";

it("names a variable after its option", () => {
  expect(variableOf("maxEpochs")).toBe("PL_TRAINER_MAX_EPOCHS");
  expect(variableOf("checkValEveryNEpoch")).toBe("PL_TRAINER_CHECK_VAL_EVERY_N_EPOCH");
  const names = Object.keys(TRAINER_OPTIONS);
  expect(new Set(names.map(variableOf)).size).toBe(names.length);
});

it("reads numbers, flags, objects and plain words", () => {
  const environment = new FakeEnvironment({
    PL_TRAINER_MAX_EPOCHS: "3",
    PL_TRAINER_BAREBONES: "true",
    PL_TRAINER_MAX_TIME: '{"hours":2}',
    PL_TRAINER_ACCELERATOR: "cpu",
    PL_TRAINER_LIMIT_VAL_BATCHES: "25%",
  });
  expect(withEnvironment({}, environment).options).toEqual({
    maxEpochs: 3,
    barebones: true,
    maxTime: { hours: 2 },
    accelerator: "cpu",
    limitValBatches: "25%",
  });
});

it("prefers what the code says, unless it says undefined", () => {
  const environment = new FakeEnvironment({ PL_TRAINER_MAX_EPOCHS: "3", PL_TRAINER_MIN_EPOCHS: "1" });
  const { options, variables } = withEnvironment({ maxEpochs: 2, minEpochs: undefined }, environment);
  expect(options).toEqual({ maxEpochs: 2, minEpochs: 1 });
  expect([...variables]).toEqual([["minEpochs", "PL_TRAINER_MIN_EPOCHS"]]);
});

it("names the variable that a wrong value comes from", () => {
  const given = (variables: Record<string, string>) => () =>
    new Trainer({ ports: { environment: new FakeEnvironment(variables) } });
  expect(given({ PL_TRAINER_MAX_EPOCHS: "many" })).toThrow(
    /maxEpochs: expected a whole number .*, received "many" \(from PL_TRAINER_MAX_EPOCHS\)/,
  );
  expect(given({ PL_TRAINER_GPUS: "2" })).toThrow(/gpus: .*it is devices now\) \(from PL_TRAINER_GPUS\)/);
  expect(given({ PL_TRAINER_PROFILER: "xla" })).toThrow(/profiler: expected "simple".*from PL_TRAINER_PROFILER/);
  expect(given({ PL_TRAINER_CALLBACKS: "Timer" })).toThrow(/callbacks: expected a Callback.*from PL_TRAINER_CALLBACKS/);
  expect(given({ PL_TRAINER_DETERMINISTIC: "true", PL_TRAINER_BENCHMARK: "false" })).not.toThrow();
});
