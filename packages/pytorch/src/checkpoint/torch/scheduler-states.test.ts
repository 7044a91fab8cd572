import { expect, it } from "vitest";
import { fromTorchScheduler, toTorchScheduler } from "./scheduler-states.js";

const TORCH = {
  last_epoch: 4,
  base_lrs: [0.1],
  _last_lr: [0.05],
  best: 0.25,
  num_bad_epochs: 1,
  cooldown_counter: 2,
  T_cur: 3,
  T_i: 10,
};
const OURS = {
  version: 1,
  lastEpoch: 4,
  baseLrs: [0.1],
  lastLr: [0.05],
  best: 0.25,
  numBadEpochs: 1,
  cooldownCounter: 2,
  tCur: 3,
  tI: 10,
};

it("what a scheduler remembers has other names in PyTorch, and what it was made with is left out", () => {
  expect(fromTorchScheduler({ ...TORCH, gamma: 0.5, _step_count: 5 })).toEqual(OURS);
  expect(toTorchScheduler({ ...OURS, gamma: 0.5 })).toEqual({ ...TORCH, _step_count: 5 });
});

it("nothing is made up that was not remembered", () => {
  expect(fromTorchScheduler({ last_epoch: 0 })).toEqual({ version: 1, lastEpoch: 0 });
  expect(Object.keys(Object(fromTorchScheduler({ last_epoch: 0 })))).toEqual(["version", "lastEpoch"]);
  expect(toTorchScheduler({ version: 1, best: 2 })).toEqual({ best: 2 });
  expect(Object.keys(Object(toTorchScheduler({ version: 1, best: 2 })))).toEqual(["best"]);
  expect(toTorchScheduler({ version: 1, lastEpoch: 0 })).toEqual({ last_epoch: 0, _step_count: 1 });
});

it("schedulers in a sequence have the names of their side too", () => {
  const torch = { _schedulers: [{ last_epoch: 1 }, { last_epoch: 2 }] };
  expect(fromTorchScheduler(torch)).toEqual({
    version: 1,
    schedulers: [
      { version: 1, lastEpoch: 1 },
      { version: 1, lastEpoch: 2 },
    ],
  });
  expect(toTorchScheduler({ version: 1, schedulers: [{ version: 1, lastEpoch: 1 }] })).toEqual({
    _schedulers: [{ last_epoch: 1, _step_count: 2 }],
  });
  expect(fromTorchScheduler({ last_epoch: 1, _schedulers: "none" })).toEqual({ version: 1, lastEpoch: 1 });
  expect(toTorchScheduler({ version: 1, schedulers: "none" })).toEqual({});
});

it("the states of other schedulers stay as they are", () => {
  for (const state of [null, 3, "state", [1], { step: 3 }, { version: 2, lastEpoch: 1 }]) {
    expect(fromTorchScheduler(state)).toBe(state);
    expect(toTorchScheduler(state)).toBe(state);
  }
});
