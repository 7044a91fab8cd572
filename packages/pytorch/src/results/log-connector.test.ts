import { nn, resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import type { LogOptions } from "../words/log-options.js";
import { LogConnector, outsideOfHooks } from "./log-connector.js";
import { MetricAttributes } from "./metric-attributes.js";
import { ResultCollection } from "./result-collection.js";

beforeAll(() => resolveBackend("cpu"));

function connect(ranks?: { readonly globalRank: number; readonly worldSize: number }) {
  const warnings: string[] = [];
  const connector = new LogConnector(
    (topic, text) => void warnings.push(`${topic}: ${text}`),
    new MetricAttributes(new nn.Linear(1, 1)),
    ranks,
  );
  const results = new ResultCollection({ isTraining: true });
  connector.results = results;
  const log = (value: unknown, options: LogOptions = {}, name = "loss", hook = "trainingStep") =>
    connector.log(hook, name, value as number, options);
  const settings = () => [...results.metrics()].map((metric) => metric.settings);
  return { connector, results, warnings, log, settings };
}

function refusal(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("what log() collects", () => {
  it("has settings that are filled in, and those that it is given", () => {
    const { log, settings } = connect();
    log(1);
    log(
      1,
      { progBar: true, logger: false, onEpoch: true, reduceFx: "max", addDataloaderIdx: false, syncDist: true },
      "b",
    );
    expect(settings()).toEqual([
      {
        progBar: false,
        logger: true,
        onStep: true,
        onEpoch: false,
        reduceFx: "mean",
        addDataloaderIdx: true,
        syncDist: false,
      },
      {
        progBar: true,
        logger: false,
        onStep: true,
        onEpoch: true,
        reduceFx: "max",
        addDataloaderIdx: false,
        syncDist: true,
      },
    ]);
  });

  it("is a number or a tensor of one element, of the loader whose batch runs", () => {
    const { connector, results, log } = connect();
    log(2, {}, "a");
    connector.dataloaderIdx = 1;
    log(tf.tensor([[3]]), {}, "b");
    expect([...results.metrics()].map(({ stepName, latest }) => [stepName, latest?.read()])).toEqual([
      ["a", 2],
      ["b/dataloader_idx_1", 3],
    ]);
  });

  it("weights the mean of an epoch by the size of the batch, or by what it is told", () => {
    const { connector, results, log } = connect();
    const weight = () => [...results.metrics()].at(-1)?.state().weight;
    log(1, { onEpoch: true }, "alone");
    expect(weight()).toBe(1);
    connector.batch = [tf.zeros([4, 1])];
    log(1, { onEpoch: true }, "batch");
    expect(weight()).toBe(4);
    log(1, { onEpoch: true, batchSize: 7 }, "told");
    expect(weight()).toBe(7);
    log(1, { onEpoch: true, reduceFx: "sum" }, "sum");
    expect(weight()).toBe(1);
    connector.batch = [tf.zeros([2, 1])];
    log(1, { onEpoch: true }, "next");
    expect(weight()).toBe(2);
  });

  it("looks at a batch only where its size counts, and once", () => {
    const { connector, warnings, log } = connect();
    let looks = 0;
    connector.batch = {
      get x() {
        looks += 1;
        return tf.zeros([2]);
      },
    };
    log(1);
    log(1, { onEpoch: true, reduceFx: "max" }, "max");
    log(1, { onEpoch: true, batchSize: 3 }, "told");
    expect(looks).toBe(0);
    log(1, { onEpoch: true }, "a");
    log(1, { onEpoch: true }, "b");
    expect(looks).toBe(1);
    connector.batch = [tf.zeros([2]), tf.zeros([3])];
    log(1, { onEpoch: true }, "c");
    expect(warnings).toEqual([
      "batchSize: The parts of this batch have different first dimensions; log() weights means with the first, 2. Pass batchSize to say which.",
    ]);
  });

  it("says that whole numbers become floats", () => {
    const { warnings, log } = connect();
    log(tf.scalar(1, "float32"));
    expect(warnings).toEqual([]);
    log(tf.scalar(1, "int32"), {}, "count");
    expect(warnings).toEqual(['int32: log("count"): the integer value is logged as a float.']);
  });
});

describe("log() on several ranks", () => {
  it("says that a value for the epoch is each rank's own, unless it is to be reduced", () => {
    const { warnings, log } = connect({ globalRank: 1, worldSize: 2 });
    log(1);
    log(1, { onEpoch: true, syncDist: true }, "synced");
    log(1, { onEpoch: true, rankZeroOnly: true }, "zero");
    expect(warnings).toEqual([]);
    log(1, { onEpoch: true }, "own");
    expect(warnings).toEqual([
      'sync own: log("own") collects a value for the epoch on each of 2 ranks alone. Use syncDist: true for one value over all of them.',
    ]);
    const alone = connect({ globalRank: 0, worldSize: 1 });
    alone.log(1, { onEpoch: true });
    expect(alone.warnings).toEqual([]);
  });

  it("collects what is for rank 0 only there, without reducing it, and frees it elsewhere", () => {
    const zero = connect({ globalRank: 0, worldSize: 2 });
    zero.log(1, { rankZeroOnly: true, syncDist: true });
    expect(zero.settings().map(({ syncDist }) => syncDist)).toEqual([false]);
    const one = connect({ globalRank: 1, worldSize: 2 });
    const before = tf.memory().numTensors;
    tf.tidy(() => one.log(tf.scalar(1), { rankZeroOnly: true }));
    expect([one.results.isEmpty, tf.memory().numTensors - before]).toEqual([true, 0]);
  });
});

describe("log() refuses", () => {
  it("to be called where nothing is collected", () => {
    const { connector } = connect();
    const tryThis =
      "log in a step or in a hook that runs while training or evaluating; elsewhere use this.logger.logMetrics({ … }).";
    expect(refusal(() => connector.log(undefined, "a", 1, {}))).toMatchObject({
      code: "LIT_LOG_HOOK",
      message: `log("a") was called outside of every hook, where nothing is collected. Try: ${tryThis}`,
    });
    connector.results = undefined;
    expect(refusal(() => connector.log("onFitStart", "a", 1, {}))).toMatchObject({
      message: `log("a") was called in onFitStart, where nothing is collected. Try: ${tryThis}`,
    });
    expect(outsideOfHooks("a", undefined).code).toBe("LIT_LOG_HOOK");
  });

  it.each<[string, unknown, LogOptions, string, string]>([
    [
      "what is no number",
      "text",
      {},
      "LIT_LOG_VALUE",
      'log("loss") cannot log this. Expected a number, a tensor with one element or a metric object. Received "text". Try: logDict({ … }) for several values.',
    ],
    [
      "options that it does not have",
      1,
      { prog_bar: true } as LogOptions,
      "LIT_UNKNOWN_OPTION",
      'log() has no option "prog_bar". Expected one of progBar, logger, onStep, onEpoch, reduceFx, syncDist, addDataloaderIdx, batchSize, rankZeroOnly, metricAttribute. Try: progBar (did you mean that?)',
    ],
    [
      "reductions that it does not know",
      1,
      { reduceFx: "median" as "mean" },
      "LIT_LOG_REDUCE",
      'log("loss") does not know this reduceFx. Expected "mean", "sum", "min", "max". Received "median". Try: a metric object (a subclass of Metric), which collects as it likes.',
    ],
  ])("%s", (_name, value, options, code, message) => {
    expect(refusal(() => connect().log(value, options))).toMatchObject({ code, message });
  });

  it("an attribute where the value is no metric object", () => {
    expect(refusal(() => connect().log(1, { metricAttribute: "accuracy" }))).toMatchObject({
      code: "LIT_LOG_METRIC",
      message:
        'log("loss"): metricAttribute names a metric object, and the value is none. Received 1. Try: log the metric object itself, or leave metricAttribute out.',
    });
  });

  it("tensors of several elements", () => {
    expect(refusal(() => connect().log(tf.zeros([2, 3])))).toMatchObject({
      code: "LIT_LOG_VALUE",
      message: 'log("loss") logs single values. Received a tensor of shape [2, 3]. Try: log("loss", value.mean()).',
    });
  });

  it("names that the Trainer makes, unless it is told to add nothing", () => {
    const { log, results } = connect();
    const name = "loss/dataloader_idx_0";
    expect(refusal(() => log(1, {}, name))).toMatchObject({
      code: "LIT_LOG_NAME",
      message:
        'log("loss/dataloader_idx_0"): the part "/dataloader_idx_" is added by the Trainer. Try: another name, or addDataloaderIdx: false.',
    });
    log(1, { addDataloaderIdx: false }, name);
    expect(results.isEmpty).toBe(false);
  });
});
