import { RUN_SETUP_KEY, VERSION } from "@lightning-ts/fabric";
import { dumpStates } from "../../checkpoint/participants.js";
import { INVENTORY_KEY, takeInventory } from "../../checkpoint/inventory.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { CheckpointContent } from "../../words/checkpoint-content.js";
import { wait, type Steps } from "../../door/steps.js";
import type { FitSession } from "../session/fit-session.js";
import type { Session } from "../session/session.js";
import { prepareTfOptimizers } from "../optimization/tf-train-optimizer.js";
import { setupForCheckpoint } from "./describe-setup.js";
import { participantsOf } from "./participants-of-run.js";

/**
 * Everything that shapes what comes next, under Lightning's keys: weights and hyperparameters, and, unless
 * `weightsOnly`, position, optimizers, schedulers, callbacks, metrics, random numbers, and the gradients of an open
 * accumulation window.
 */
export function* dumpCheckpoint(
  session: Session,
  fit: FitSession | undefined,
  options: { readonly weightsOnly: boolean },
): Steps<CheckpointContent> {
  const { door, hooks, module, state } = session;
  const { weights, data, callbacks, training, metrics, loaders, random } = participantsOf(session, fit);
  const checkpoint: CheckpointContent = {
    epoch: state.cursor.epoch,
    global_step: state.cursor.globalStep,
    "lightning-ts_version": VERSION,
    run: { ...session.identity.forCheckpoint() },
  };
  const { requeue } = session.connection.environment;
  if (requeue !== undefined) checkpoint["job"] = { version: 1, name: requeue.job, fit: state.fitOfProcess };
  yield* dumpStates(weights, checkpoint);
  Object.assign(checkpoint, hyperparameters(session));
  if (options.weightsOnly) {
    yield* door.call(module, "onSaveCheckpoint", checkpoint);
    return checkpoint;
  }
  if (fit?.setup !== undefined) checkpoint[RUN_SETUP_KEY] = setupForCheckpoint(fit, fit.setup);
  if (fit !== undefined) yield* wait(prepareTfOptimizers(fit.optimizers.optimizers));
  yield* dumpStates([...callbacks, ...training, ...metrics, ...loaders, ...random, ...data], checkpoint);
  const { strategy } = session.connection;
  Object.assign(checkpoint, yield* wait(strategy.completeCheckpoint(checkpoint)));
  yield* hooks.run("onSaveCheckpoint", checkpoint);
  checkpoint[INVENTORY_KEY] = takeInventory(checkpoint, strategy.savesShards ? ["optimizer_states"] : []);
  return checkpoint;
}

function hyperparameters({ module, datamodule, messages }: Session): CheckpointContent {
  const ofModule = module.hyperparameterRecord.forCheckpoint();
  const ofData = datamodule?.hyperparameterRecord.forCheckpoint();
  const dropped = [...ofModule.dropped, ...(ofData?.dropped ?? [])];
  if (dropped.length > 0)
    messages.warn(
      "hparams",
      `These hyperparameters cannot be stored and are left out of checkpoints: ${dropped.join(", ")}.`,
    );
  const secrets = [...ofModule.secrets, ...(ofData?.secrets ?? [])];
  if (secrets.length > 0)
    messages.warn(
      "hparams-secrets",
      `These hyperparameters are secrets and are left out of checkpoints: ${secrets.join(", ")}. Pass them again when loading, or write them: saveHyperparameters(…, { keepSecrets: true }).`,
    );
  return {
    hyper_parameters: ofModule.values,
    ...positionalNames("hparams_positional", module),
    ...names("hparams_secrets", ofModule.secrets),
    ...(ofData === undefined ? {} : { datamodule_hyper_parameters: ofData.values }),
    ...names("datamodule_hparams_secrets", ofData?.secrets ?? []),
    ...(datamodule === undefined ? {} : positionalNames("datamodule_hparams_positional", datamodule)),
  };
}

function positionalNames(
  key: string,
  { hyperparameterRecord }: Pick<LightningModule, "hyperparameterRecord">,
): CheckpointContent {
  const { positional } = hyperparameterRecord;
  return positional === undefined ? {} : { [key]: [...positional] };
}

function names(key: string, values: readonly string[]): CheckpointContent {
  return values.length === 0 ? {} : { [key]: [...values] };
}
