import { Metric, resolveBackend, tf } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import type { MetricSettings } from "../../results/logged-result.js";
import type { ResultCollection } from "../../results/result-collection.js";
import { evaluationLoop, type EvaluationOptions } from "./evaluation-loop.js";
import { dataUnderTest, loaderOf, sessionUnderTest, type SessionOptions } from "./session-under-test.js";
import { SETTINGS } from "../../results/settings-under-test.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  calls: string[] = [];
  step: (...args: readonly unknown[]) => unknown = () => "out";
  override validationStep(...args: readonly unknown[]): unknown {
    return this.step(...args);
  }
}

interface Setting extends Partial<SessionOptions> {
  readonly net?: Net;
  readonly loaders?: unknown;
}

function setUp({ net = new Net(), loaders = [loaderOf("x", "y"), loaderOf("z")], ...rest }: Setting = {}) {
  const under = sessionUnderTest({ module: net, ...rest });
  net.calls = under.calls;
  under.state.runningStage = "validate";
  const data = dataUnderTest(loaders, { isTraining: false });
  const evaluate = (more: Partial<EvaluationOptions> = {}) =>
    under.run(evaluationLoop(under.session, { kind: "validation", data, ...more }));
  return { ...under, net, data, evaluate };
}

describe("what an evaluation gives back", () => {
  it("is what was logged for the epoch and for loggers, each loader's own and that of all", async () => {
    const { evaluate, net, session } = setUp();
    const log = (name: string, value: number, dataloaderIdx: number | undefined, more: Partial<MetricSettings> = {}) =>
      session.logging.connector.results?.update(
        { hook: "validationStep", name, dataloaderIdx, settings: { ...SETTINGS, ...more } },
        new LazyScalar(value),
        1,
      );
    net.step = (batch, _batchIdx, dataloaderIdx) => {
      if (batch !== "y'") log("loss", 5 + Number(dataloaderIdx), Number(dataloaderIdx));
      log("all", 2, undefined);
      log("hidden", 3, undefined, { logger: false });
      log("steps", 4, undefined, { onEpoch: false, onStep: true });
    };
    expect(await evaluate()).toEqual([
      { "loss/dataloader_idx_0": 5, all: 2 },
      { "loss/dataloader_idx_1": 6, all: 2 },
    ]);
  });

  it("holds metric objects, computed when their loader ends, reset at the end", async () => {
    class Total extends Metric {
      readonly sum = this.addState("sum", { reduce: "sum" });
      override update(value: number): void {
        this.sum.assign(tf.add(this.sum, value));
      }
      override compute(): tf.Tensor {
        net.calls.push("compute");
        return this.sum.clone();
      }
    }
    const net = new Net();
    const total = new Total();
    const { evaluate, session, calls, terminal } = setUp({ net, strategy: { worldSize: 1 } });
    const settings = { ...SETTINGS, metricAttribute: "total" };
    net.step = (_batch, _batchIdx, dataloaderIdx) => {
      if (dataloaderIdx === 1) return;
      total.update(2);
      const place = { hook: "validationStep", name: "total", dataloaderIdx: 0, settings };
      session.logging.connector.results?.updateObject(place, total, undefined);
    };
    expect(await evaluate()).toEqual([{ "total/dataloader_idx_0": 4 }, {}]);
    expect(calls.filter((call) => /^(compute|logging.beginBatch)/.test(call))).toEqual([
      "logging.beginBatch(x', 0)",
      "logging.beginBatch(y', 0)",
      "compute",
      "logging.beginBatch(z', 1)",
    ]);
    expect(total.updateCount).toBe(0);
    expect(terminal.warnings).toEqual([]);
    const place = { hook: "trainingStep", name: "total", dataloaderIdx: undefined, settings };
    session.logging.training.updateObject(place, total, undefined);
    await evaluate();
    expect(terminal.warnings).toHaveLength(1);
    expect(terminal.warnings[0]).toContain("The metric total is logged in training and in validation");
    const alone = setUp({ net, strategy: { worldSize: 1 }, stage: "validate" });
    alone.session.logging.training.updateObject(place, total, undefined);
    net.step = (_batch, _batchIdx, dataloaderIdx) => {
      total.update(2);
      const here = { hook: "validationStep", name: "total", dataloaderIdx: Number(dataloaderIdx), settings };
      alone.session.logging.connector.results?.updateObject(here, total, undefined);
    };
    await alone.evaluate();
    expect(alone.terminal.warnings).toEqual([]);
  });
});

describe("the metrics of an evaluation", () => {
  it("are those of all ranks, also what was logged at the end of the epoch", async () => {
    const log = (hook: string) =>
      under.session.logging.connector.results?.update(
        { hook, name: hook, dataloaderIdx: undefined, settings: { ...SETTINGS, syncDist: true } },
        new LazyScalar(1),
        1,
      );
    const under = setUp({
      loaders: [loaderOf("x")],
      onHook: (name) => {
        if (/^onValidation(BatchEnd|EpochEnd)$/.test(name)) log(name);
      },
    });
    await under.evaluate();
    const [ofBatch, ofEpoch] = ["onValidationBatchEnd", "onValidationEpochEnd"].map((name) =>
      under.calls.findIndex((call) => call.startsWith(`sum: sum of ${name}`)),
    );
    expect(ofBatch).toBeGreaterThan(0);
    expect(under.calls.indexOf("logging.reachEvaluationEnd")).toBeGreaterThan(Number(ofBatch));
    expect(ofEpoch).toBeGreaterThan(0);
    expect(under.calls.indexOf("logging.endEvaluationEpoch(ResultCollection, { sends })")).toBeGreaterThan(
      Number(ofEpoch),
    );
  });

  it("are forgotten when it is over", async () => {
    const { evaluate, net, session } = setUp({ loaders: [loaderOf("x")] });
    let results: ResultCollection | undefined;
    net.step = () => {
      results = session.logging.connector.results;
      const place = { hook: "validationStep", name: "loss", dataloaderIdx: undefined, settings: SETTINGS };
      results?.update(place, new LazyScalar(1), 1);
    };
    await evaluate();
    expect(results?.numbers().some((metric) => metric.hasEpochValue)).toBe(false);
  });

  it("of an object are computed for hooks of the epoch's end", async () => {
    class One extends Metric {
      override update(): void {}
      override compute(): tf.Tensor {
        net.calls.push("compute");
        return tf.scalar(1);
      }
    }
    const net = new Net();
    const one = new One();
    const { evaluate, session, calls } = setUp({ net, loaders: [loaderOf("x", "y")], strategy: { worldSize: 1 } });
    const settings = { ...SETTINGS, metricAttribute: "one" };
    net.step = () => {
      one.update();
      const place = { hook: "validationStep", name: "one", dataloaderIdx: undefined, settings };
      session.logging.connector.results?.updateObject(place, one, undefined);
    };
    expect(await evaluate()).toEqual([{ one: 1 }]);
    expect(calls.indexOf("logging.reachEvaluationEnd")).toBeGreaterThan(calls.indexOf("compute"));
    expect(calls.filter((call) => call === "compute")).toHaveLength(1);
  });
});

describe("the rows of an evaluation's steps", () => {
  const rows = (calls: readonly string[]) => calls.filter((call) => call.startsWith("logging.logEvaluationStep"));

  it("are sent every so many batches of a loader, which are counted over all evaluations", async () => {
    const { evaluate, calls, data } = setUp({ plan: { logEveryNEvalSteps: 2 }, loaders: [loaderOf("x", "y", "z")] });
    await evaluate();
    expect(rows(calls)).toHaveLength(1);
    await evaluate();
    expect(rows(calls)).toEqual([1, 3, 5].map((seen) => `logging.logEvaluationStep(ResultCollection, ${seen})`));
    expect(data.seen).toEqual([6]);
  });

  it("are sent with the third batch and not before, where every third is wanted", async () => {
    const { evaluate, calls } = setUp({ plan: { logEveryNEvalSteps: 3 }, loaders: [loaderOf("x", "y", "z", "a")] });
    await evaluate();
    expect(rows(calls)).toEqual(["logging.logEvaluationStep(ResultCollection, 2)"]);
  });

  it("are none in a check, and where none are wanted", async () => {
    const { evaluate, calls } = setUp({ plan: { logEveryNEvalSteps: 1 } });
    await evaluate({ isSanityCheck: true });
    const never = setUp({ plan: { logEveryNEvalSteps: 0 } });
    await never.evaluate();
    expect([rows(calls), rows(never.calls)]).toEqual([[], []]);
  });

  it("hold the values of all ranks", async () => {
    const { evaluate, net, session, calls } = setUp({ loaders: [loaderOf("x")] });
    const settings = { ...SETTINGS, syncDist: true, onStep: true };
    net.step = () =>
      session.logging.connector.results?.update(
        { hook: "validationStep", name: "loss", dataloaderIdx: undefined, settings },
        new LazyScalar(1),
        1,
      );
    await evaluate();
    expect(calls.filter((call) => /^(mean|sum): /.test(call))).toEqual([
      "mean: mean of loss at validate batch 0 (epoch 0, global step 0)",
      "sum: sum of loss at validate batch 0 (epoch 0, global step 0)",
    ]);
  });

  it("and whatever the epoch's end logs is of all ranks too", async () => {
    const { evaluate, session, calls } = setUp({
      loaders: [loaderOf("x")],
      onHook: (name) =>
        name === "onValidationEpochEnd" &&
        session.logging.connector.results?.update(
          { hook: name, name: "late", dataloaderIdx: undefined, settings: { ...SETTINGS, syncDist: true } },
          new LazyScalar(1),
          1,
        ),
    });
    expect(await evaluate()).toEqual([{ late: 1 }]);
    expect(calls).toContain("sum: sum of late at validate batch 0 (epoch 0, global step 0)");
  });
});
