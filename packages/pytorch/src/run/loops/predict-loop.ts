import { wait, type Steps } from "../../door/steps.js";
import { classNameOf, mapTree, MisconfigurationError, tensorsIn, type TensorScope, tf } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { CombinedLoader } from "../../data/combined-loader.js";
import type { StageData } from "../../data/stage-data.js";
import type { BatchFetcher } from "../../data/batch-fetcher.js";
import { DEVICE, NEXT_PREDICTION_BATCH } from "../../profilers/actions.js";
import { timed } from "../hooks/timed.js";
import { inputOfStep } from "./step-input.js";
import { leaveIfInterrupted, nextBatch } from "./agree.js";
import type { Session } from "../session/session.js";
import { PredictionWriting } from "./prediction-writing.js";
import { TrainingModes } from "./training-modes.js";

/**
 * Runs `predictStep` over all batches.
 * @param keeps whether predictions are returned
 * @returns for each loader its predictions; tensors in them are kept and belong to the caller
 */
export function* predictLoop(session: Session, data: StageData, keeps: boolean): Steps<unknown[][]> {
  const { door, hooks, module, state } = session;
  if (data.original instanceof CombinedLoader && data.original.mode !== "sequential") {
    throw new MisconfigurationError({
      message: "predict goes through loaders one after another.",
      expected: 'a CombinedLoader with mode "sequential"',
      received: `"${data.original.mode}"`,
    });
  }
  const predictions: unknown[][] = data.sources.map(() => []);
  if (data.totalCount === 0) return predictions;
  const writing = new PredictionWriting(session, predictions);
  const modes = new TrainingModes(module);
  const fetcher = data.openAll(undefined, writing.indices);
  state.progress.predict.begin();
  let isReturned = false;
  try {
    yield* door.call(module, "onPredictModelEval");
    yield* hooks.run("onPredictStart");
    yield* hooks.run("onPredictEpochStart");
    const next = () => nextBatch(session, fetcher);
    while ((yield* timed(session, NEXT_PREDICTION_BATCH, "data", next)).isThere) {
      writing.beginBatch(fetcher);
      const output = yield* predictBatch(session, fetcher, keeps || writing.needsAll);
      if (keeps || writing.needsAll) predictions[fetcher.dataloaderIdx]?.push(output);
      yield* leaveIfInterrupted(session);
      yield* wait(session.breath.take());
    }
    yield* hooks.run("onPredictEpochEnd");
    yield* hooks.run("onPredictEnd");
    isReturned = keeps;
  } finally {
    state.evaluationPosition = undefined;
    writing.end();
    if (!isReturned) tf.dispose(tensorsIn(predictions));
    yield* wait(fetcher.close());
    modes.restore();
  }
  return isReturned ? predictions : data.sources.map(() => []);
}

function* predictBatch(session: Session, fetcher: BatchFetcher, keeps: boolean): Steps<unknown> {
  const { backend, door, driver, hooks, messages, module, state } = session;
  const { batchIdx, dataloaderIdx } = fetcher;
  state.evaluationPosition = { batchIdx, dataloaderIdx };
  const scope = driver.openScope({ tape: false, name: "predictStep" });
  try {
    const { batch, input, isIterator } = yield* inputOfStep(session, "predictStep", fetcher);
    state.progress.predict.reach("ready");
    yield* hooks.run("onPredictBatchStart", batch, batchIdx, dataloaderIdx);
    state.progress.predict.reach("started");
    const outputs = yield* door.step(module, "predictStep", input, batchIdx, dataloaderIdx);
    scope.assertInnermost(`predictStep of ${classNameOf(module)}`);
    state.progress.predict.reach("processed");
    yield* hooks.run("onPredictBatchEnd", outputs, isIterator ? fetcher.batch : batch, batchIdx, dataloaderIdx);
    state.progress.predict.reach("completed");
    if (outputs === undefined) messages.warn("no prediction", `${classNameOf(module)}.predictStep returned nothing.`);
    return keeps ? keepOutputs(scope, outputs) : undefined;
  } finally {
    scope.close();
    yield* timed(session, DEVICE, "graph", () => wait(backend.submit()));
  }
}

/** Tensors in a prediction outlive the batch; those that are the batch's own or a parameter are copied. */
function keepOutputs(scope: TensorScope, outputs: unknown): unknown {
  return mapTree(outputs, (leaf) => (leaf instanceof Tensor ? scope.keep(leaf.clone()) : leaf));
}
