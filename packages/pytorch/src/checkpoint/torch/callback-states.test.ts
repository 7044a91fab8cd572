import type { LoadedTree } from "@lightning-ts/fabric";
import { tf } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { ModelCheckpoint } from "../../callbacks/model-checkpoint.js";
import { callbacksFromPython, callbacksToPython } from "./callback-states.js";

const scalar = (value: number) => tf.buffer([], "float32", Float32Array.of(value));
const PYTHON_KEY =
  "ModelCheckpoint{'monitor': 'val_loss', 'mode': 'min', 'every_n_train_steps': 0, 'every_n_epochs': 1, 'train_time_interval': None}";
const OUR_KEY =
  'ModelCheckpoint{"monitor":"val_loss","mode":"min","everyNTrainSteps":0,"everyNEpochs":1,"trainTimeInterval":null}';

const toPython = (callbacks: LoadedTree) => {
  const leftOut: string[] = [];
  return { states: callbacksToPython(callbacks, leftOut), leftOut };
};

describe("keys of callbacks", () => {
  it("name the same options on both sides", () => {
    expect(new ModelCheckpoint({ monitor: "val_loss" }).stateKey).toBe(OUR_KEY);
    expect(Object.keys(callbacksFromPython({ [PYTHON_KEY]: {} }))).toEqual([OUR_KEY]);
    expect(Object.keys(toPython({ [OUR_KEY]: {} }).states)).toEqual([PYTHON_KEY]);
  });

  it("have values that are none, true and false", () => {
    const python =
      "ModelCheckpoint{'monitor': None, 'save_last': True, 'a_b': False, 'c': None, 'd': True, 'e': False}";
    const ours = 'ModelCheckpoint{"monitor":null,"saveLast":true,"aB":false,"c":null,"d":true,"e":false}';
    expect(Object.keys(callbacksFromPython({ [python]: {} }))).toEqual([ours]);
    expect(Object.keys(toPython({ [ours]: {} }).states)).toEqual([python]);
  });

  it("of callbacks that only begin alike are not touched", () => {
    const others = { "ModelCheckpointOfMine{'a_b': 1}": { x: 1 }, "MyModelCheckpoint{'a_b': 1}": { y: 2 } };
    expect(callbacksFromPython(others)).toEqual(others);
    expect(toPython(others)).toEqual({ states: {}, leftOut: Object.keys(others).map((key) => `callbacks.${key}`) });
    expect(callbacksFromPython({ ModelCheckpoint: {} })).toEqual({ ModelCheckpoint: expect.anything() });
    expect(callbacksFromPython({ [PYTHON_KEY]: "no state" })).toEqual({ [PYTHON_KEY]: "no state" });
    expect(toPython({ [OUR_KEY]: "no state" })).toEqual({ states: {}, leftOut: [`callbacks.${OUR_KEY}`] });
  });
});

describe("the state of a ModelCheckpoint", () => {
  const python = {
    monitor: "val_loss",
    best_model_score: scalar(0.25),
    best_model_path: "/a.ckpt",
    current_score: scalar(0.5),
    dirpath: "/runs",
    best_k_models: { "/a.ckpt": scalar(0.25), "/b.ckpt": scalar(0.75) },
    kth_best_model_path: "/b.ckpt",
    kth_value: scalar(0.75),
    last_model_path: "/last.ckpt",
  };
  const ours = {
    version: 1,
    monitor: "val_loss",
    bestModelScore: 0.25,
    bestModelPath: "/a.ckpt",
    currentScore: 0.5,
    dirpath: "/runs",
    bestKModels: [
      ["/a.ckpt", 0.25],
      ["/b.ckpt", 0.75],
    ],
    lastModelPath: "/last.ckpt",
  };
  const EMPTY = {
    version: 1,
    monitor: null,
    bestModelScore: null,
    bestModelPath: "",
    currentScore: null,
    dirpath: null,
    bestKModels: [],
    lastModelPath: "",
  };

  it("comes from Python, with numbers for its tensors", () => {
    expect(callbacksFromPython({ [PYTHON_KEY]: python })).toEqual({ [OUR_KEY]: ours });
    expect(callbacksFromPython({ ModelCheckpoint: {} })).toEqual({ ModelCheckpoint: EMPTY });
    const odd = { best_model_score: "0.5", current_score: 0.5, best_k_models: [1] };
    expect(callbacksFromPython({ ModelCheckpoint: odd })).toEqual({ ModelCheckpoint: { ...EMPTY, currentScore: 0.5 } });
  });

  it("goes to Python, which wants to know the worst of the best too", () => {
    expect(toPython({ [OUR_KEY]: ours })).toEqual({ states: { [PYTHON_KEY]: python }, leftOut: [] });
    const three = [
      ["/a", 0.5],
      ["/b", 0.9],
      ["/c", 0.1],
    ];
    for (const [key, worst] of [
      [OUR_KEY, "/b"],
      [OUR_KEY.replace("min", "max"), "/c"],
    ] as const)
      expect(Object.values(toPython({ [key]: { ...ours, bestKModels: three } }).states)[0]).toMatchObject({
        kth_best_model_path: worst,
      });
    const most = OUR_KEY.replace("min", "max");
    const [state] = Object.values(toPython({ [most]: ours }).states);
    expect(state).toMatchObject({ kth_best_model_path: "/a.ckpt", kth_value: scalar(0.25) });
    expect(Object.values(toPython({ ModelCheckpoint: EMPTY }).states)).toEqual([
      {
        monitor: null,
        best_model_score: null,
        best_model_path: "",
        current_score: null,
        dirpath: null,
        best_k_models: {},
        kth_best_model_path: "",
        kth_value: null,
        last_model_path: "",
      },
    ]);
  });

  it("goes to Python without what is no file with a score", () => {
    const bestKModels = [["/a.ckpt", 1], ["/b.ckpt", "2"], [3, 4], "c", ["/d.ckpt"]];
    const [state] = Object.values(toPython({ ModelCheckpoint: { ...EMPTY, bestKModels } }).states);
    expect(Object(state)["best_k_models"]).toEqual({ "/a.ckpt": scalar(1) });
    expect(state).toMatchObject({ kth_best_model_path: "/a.ckpt" });
    for (const none of ["files", undefined]) {
      const without = Object(none === undefined ? {} : { bestKModels: none });
      expect(Object.values(toPython({ ModelCheckpoint: without }).states)[0]).toMatchObject({
        best_model_path: "",
        best_k_models: {},
        last_model_path: "",
      });
    }
  });
});

describe("the state of an EarlyStopping", () => {
  it("comes from Python", () => {
    const state = {
      wait_count: 2,
      stopped_epoch: 5,
      best_score: scalar(0.5),
      patience: 3,
      stopping_reason_message: "it is enough",
    };
    const read = (more: object) =>
      Object.values(callbacksFromPython({ "EarlyStopping{'monitor': 'a'}": { ...state, ...more } }))[0];
    expect(read({ stopping_reason: 3 })).toEqual({
      version: 1,
      waitCount: 2,
      stoppedEpoch: 5,
      bestScore: 0.5,
      stoppingReason: "patienceExhausted",
      stoppingReasonMessage: "it is enough",
    });
    const reasons = [0, 1, 2, 3, 4, 5, undefined].map((reason) => Object(read({ stopping_reason: reason })));
    expect(reasons.map(({ stoppingReason }) => String(stoppingReason))).toEqual([
      "notStopped",
      "stoppingThreshold",
      "divergenceThreshold",
      "patienceExhausted",
      "nonFiniteMetric",
      "notStopped",
      "notStopped",
    ]);
    expect(callbacksFromPython({ EarlyStopping: {} })).toEqual({
      EarlyStopping: {
        version: 1,
        waitCount: 0,
        stoppedEpoch: 0,
        bestScore: null,
        stoppingReason: "notStopped",
        stoppingReasonMessage: "",
      },
    });
  });

  it("does not go to Python, which takes the patience from it", () => {
    expect(toPython({ EarlyStopping: { waitCount: 1 } })).toEqual({ states: {}, leftOut: ["callbacks.EarlyStopping"] });
  });
});
