import { gradOf, randomState } from "@lightning-ts/core";
import type { LightningDataModule } from "../contract/lightning-data-module.js";
import type { Checkpoint } from "../words/hook-arguments.js";
import type { FitSession } from "../run/session/fit-session.js";
import type { Session } from "../run/session/session.js";
import { VERSION } from "../words/version.js";

/**
 * Everything that shapes what comes next, under Lightning's keys: weights and hyperparameters, and, unless
 * `weightsOnly`, position, optimizers, schedulers, callbacks, metrics, random numbers, and the gradients of an open
 * accumulation window.
 */
export async function dumpCheckpoint(
  session: Session,
  fit: FitSession | undefined,
  options: { readonly weightsOnly: boolean },
): Promise<Checkpoint> {
  const { module, state, hooks } = session;
  const checkpoint: Checkpoint = {
    epoch: state.cursor.epoch,
    global_step: state.cursor.globalStep,
    "lightning-ts_version": VERSION,
    state_dict: module.stateDict(),
    ...hyperparameters(session),
  };
  if (!options.weightsOnly) Object.assign(checkpoint, progress(session, fit));
  if (options.weightsOnly)
    await hooks.call(module.constructor.name, "onSaveCheckpoint", () => module.onSaveCheckpoint(checkpoint));
  else if (hooks.table.onSaveCheckpoint.length > 0) await hooks.run("onSaveCheckpoint", checkpoint);
  return checkpoint;
}

function hyperparameters({ module, datamodule, messages }: Session): Checkpoint {
  const ofModule = module.hyperparameterRecord.forCheckpoint();
  const ofData = datamodule?.hyperparameterRecord.forCheckpoint();
  const dropped = [...ofModule.dropped, ...(ofData?.dropped ?? [])];
  if (dropped.length > 0)
    messages.warn(
      "hparams",
      `These hyperparameters cannot be stored and are left out of checkpoints: ${dropped.join(", ")}.`,
    );
  return {
    hyper_parameters: ofModule.values,
    ...(ofData === undefined ? {} : { datamodule_hyper_parameters: ofData.values }),
  };
}

function progress(session: Session, fit: FitSession | undefined): Checkpoint {
  const { connection, datamodule, logging, state, trainer } = session;
  const precision = connection.precision.state();
  logging.refresh();
  return {
    loops: {
      fit_loop: {
        version: 1,
        cursor: { ...state.cursor },
        loaders: fit?.loaderState?.() ?? null,
        batches: batchesPerEpoch(fit),
      },
    },
    callbacks: callbackStates(trainer.callbacks),
    optimizer_states: fit?.optimizers.optimizers.map((optimizer) => optimizer.stateDict()) ?? [],
    lr_schedulers: fit?.optimizers.schedulers.map(({ scheduler }) => scheduler.stateDict()) ?? [],
    metrics: { version: 1, training: logging.training.state(), callback: logging.published.callback.toRecord() },
    random_state: randomState(),
    ...(precision === undefined ? {} : { [connection.precision.stateKey]: precision }),
    ...(datamodule === undefined ? {} : datamoduleState(datamodule)),
    ...(state.cursor.isWindowClosed || fit === undefined ? {} : { gradients: openGradients(session) }),
  };
}

/** null where nobody knows. */
function batchesPerEpoch(fit: FitSession | undefined): number | null {
  const count = fit?.trainData.totalCount;
  return count === undefined || !Number.isFinite(count) ? null : count;
}

function callbackStates(callbacks: Session["trainer"]["callbacks"]): Record<string, unknown> {
  const states: Record<string, unknown> = {};
  for (const callback of callbacks) {
    const state = callback.stateDict();
    if (Object.keys(state).length > 0) states[callback.stateKey] = state;
  }
  return states;
}

function datamoduleState(datamodule: LightningDataModule): Checkpoint {
  const state = datamodule.stateDict();
  return Object.keys(state).length === 0 ? {} : { [datamodule.constructor.name]: state };
}

/** Gradients collected since the last optimizer step, by parameter name. */
function openGradients({ module }: Session): Map<string, unknown> {
  const gradients = new Map<string, unknown>();
  for (const [name, parameter] of module.namedParameters()) {
    const gradient = gradOf(parameter);
    if (gradient !== null) gradients.set(name, gradient);
  }
  return gradients;
}
