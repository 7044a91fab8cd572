import { resolveBackend, tf } from "@lightning-ts/core";
import { FakeClock } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { wait } from "../../door/steps.js";
import { Profiler } from "../../profilers/profiler.js";
import { RunTiming } from "../hooks/run-timing.js";
import { evaluationLoop } from "./evaluation-loop.js";
import { fitLoop } from "./fit-loop.js";
import { predictLoop } from "./predict-loop.js";
import { dataUnderTest, loaderOf, sessionUnderTest } from "./session-under-test.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  override trainingStep(): tf.Tensor {
    return tf.scalar(1);
  }
  override validationStep(): void {}
  override predictStep(): number {
    return 1;
  }
  override backward(): void {}
}

class Traces extends Profiler {
  readonly heard: string[] = [];
  readonly #open: string[] = [];
  override start(action: string, part?: string): void {
    this.heard.push(`${"  ".repeat(this.#open.length)}${action} (${part})`);
    this.#open.push(action);
  }
  override stop(action: string): void {
    expect(this.#open.pop()).toBe(action);
  }
}

/** A session that is profiled; its hooks and steps are not, as the door of the test knows no profiler. */
function setUp(stage: string) {
  const profiler = new Traces();
  const data = dataUnderTest(stage === "fit" ? loaderOf("a") : [loaderOf("a")], { isTraining: stage === "fit" });
  const ofValidation = dataUnderTest([loaderOf("v")], { isTraining: false });
  const under = sessionUnderTest({
    module: new Net(),
    stage,
    maxEpochs: 1,
    plan: { logEveryNSteps: 1, reloadDataloadersEveryNEpochs: 0 },
    parts: {
      timing: new RunTiming(profiler),
      stepper: { optimizers: [] },
      trainData: data,
      openEpoch: () => data.openTraining(0),
      rememberLoaders: () => undefined,
      validation: { everyEpochs: 1, everyBatches: 1 },
      validationData: () => wait(ofValidation),
      ports: { clock: new FakeClock(100) },
      lastValidationMs: 0,
    },
  });
  return { ...under, data, heard: profiler.heard };
}

describe("a profiler", () => {
  it("hears what the time of a training epoch is spent for", async () => {
    const { run, session, heard } = setUp("fit");
    await run(fitLoop(session));
    expect(heard).toEqual([
      "runTrainingEpoch (loop)",
      "  [TrainingLoop].trainDataloaderNext (data)",
      "  runTrainingBatch (loop)",
      "    [Strategy].batchToDevice (transfer)",
      "    [Backend].submit (graph)",
      "  logMetrics (logging)",
      "  runValidation (validation)",
      "    [EvaluationLoop].valNext (data)",
      "    [Strategy].batchToDevice (transfer)",
      "    [Backend].submit (graph)",
      "    [EvaluationLoop].valNext (data)",
      "  [Backend].submit (graph)",
      "  [Backend].submit (graph)",
      "  logMetrics (logging)",
    ]);
  });

  it("hears what the time of an evaluation is spent for", async () => {
    const { run, session, data, heard } = setUp("validate");
    await run(evaluationLoop(session, { kind: "validation", data }));
    expect(heard).toEqual([
      "[EvaluationLoop].valNext (data)",
      "[Strategy].batchToDevice (transfer)",
      "[Backend].submit (graph)",
      "[EvaluationLoop].valNext (data)",
    ]);
  });

  it("hears what the time of a prediction is spent for", async () => {
    const { run, session, data, heard, calls } = setUp("predict");
    expect(await run(predictLoop(session, data, true))).toEqual([[1]]);
    expect(heard).toEqual([
      "[PredictionLoop].predictNext (data)",
      "[Strategy].batchToDevice (transfer)",
      "[Backend].submit (graph)",
      "[PredictionLoop].predictNext (data)",
    ]);
    expect(calls).toContain("backend.submit");
  });
});
