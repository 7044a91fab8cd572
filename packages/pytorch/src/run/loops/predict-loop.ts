import { mapTree, MisconfigurationError, tensorScope, type TensorScope } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { CombinedLoader } from "../../data/combined-loader.js";
import type { StageData } from "../../data/stage-data.js";
import type { BatchFetcher } from "../../data/batch-fetcher.js";
import type { Session } from "../session/session.js";
import { InterruptionError } from "../../errors/interruption-error.js";
import { TrainingModes } from "./training-modes.js";

/**
 * Runs `predictStep` over all batches.
 * @param keeps whether predictions are returned
 * @returns for each loader its predictions; tensors in them are kept and belong to the caller
 */
export async function predictLoop(session: Session, data: StageData, keeps: boolean): Promise<unknown[][]> {
  const { hooks, module, state } = session;
  if (data.original instanceof CombinedLoader && data.original.mode !== "sequential") {
    throw new MisconfigurationError({
      message: "predict goes through loaders one after another.",
      expected: 'a CombinedLoader with mode "sequential"',
      received: `"${data.original.mode}"`,
    });
  }
  const predictions: unknown[][] = data.sources.map(() => []);
  if (data.totalCount === 0) return predictions;
  const modes = new TrainingModes(module);
  const fetcher = data.openAll();
  try {
    module.onPredictModelEval();
    if (hooks.table.onPredictStart.length > 0) await hooks.run("onPredictStart");
    if (hooks.table.onPredictEpochStart.length > 0) await hooks.run("onPredictEpochStart");
    while (await fetcher.next()) {
      const output = await predictBatch(session, fetcher, keeps);
      if (keeps) predictions[fetcher.dataloaderIdx]?.push(output);
      if (state.interruption !== undefined) throw new InterruptionError(state.interruption, state.describePosition());
      const rest = session.breath.take();
      if (rest !== undefined) await rest;
    }
    if (hooks.table.onPredictEpochEnd.length > 0) await hooks.run("onPredictEpochEnd");
    if (hooks.table.onPredictEnd.length > 0) await hooks.run("onPredictEnd");
  } finally {
    state.evaluationPosition = undefined;
    await fetcher.close();
    modes.restore();
  }
  return predictions;
}

async function predictBatch(session: Session, fetcher: BatchFetcher, keeps: boolean): Promise<unknown> {
  const { backend, hooks, state } = session;
  const { batchIdx, dataloaderIdx } = fetcher;
  state.evaluationPosition = { batchIdx, dataloaderIdx };
  const scope = tensorScope({ tape: false, name: "predictStep" });
  try {
    const moving = session.transfer.move(fetcher.batch, dataloaderIdx);
    const batch = moving instanceof Promise ? await moving : moving;
    if (hooks.table.onPredictBatchStart.length > 0)
      await hooks.run("onPredictBatchStart", batch, batchIdx, dataloaderIdx);
    const outputs = await predictStep(session, batch, batchIdx, dataloaderIdx, scope);
    if (hooks.table.onPredictBatchEnd.length > 0)
      await hooks.run("onPredictBatchEnd", outputs, batch, batchIdx, dataloaderIdx);
    if (outputs === undefined)
      session.messages.warn("no prediction", `${session.module.constructor.name}.predictStep returned nothing.`);
    return keeps ? keepOutputs(scope, outputs) : undefined;
  } finally {
    scope.close();
    const submitted = backend.submit();
    if (submitted instanceof Promise) await submitted;
  }
}

async function predictStep(
  session: Session,
  batch: unknown,
  batchIdx: number,
  dataloaderIdx: number,
  scope: TensorScope,
): Promise<unknown> {
  const { connection, hooks, module } = session;
  const outer = hooks.current;
  hooks.current = "predictStep";
  try {
    const outputs = connection.precision.forward(() => module.predictStep(batch, batchIdx, dataloaderIdx));
    const settled = outputs instanceof Promise ? await outputs : outputs;
    scope.assertInnermost(`predictStep of ${module.constructor.name}`);
    return settled;
  } catch (error) {
    throw hooks.failure(`${module.constructor.name}.predictStep`, error, batch);
  } finally {
    hooks.current = outer;
  }
}

/** Tensors in a prediction outlive the batch; those that are the batch's own or a parameter are copied. */
function keepOutputs(scope: TensorScope, outputs: unknown): unknown {
  return mapTree(outputs, (leaf) => (leaf instanceof Tensor ? scope.keep(leaf.clone()) : leaf));
}
