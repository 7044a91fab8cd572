import { collectedOnRanks } from "../../checkpoint/collected-on-ranks.js";
import { fitPosition, loaderStates } from "../../checkpoint/fit-loop-states.js";
import { openGradients, weights } from "../../checkpoint/model-states.js";
import {
  metricObjectStates,
  metricStates,
  optimizerStates,
  precisionState,
  randomStreams,
  schedulerStates,
} from "../../checkpoint/training-states.js";
import type { Participant } from "../../checkpoint/participant.js";
import type { Variable } from "@tensorflow/tfjs-core";
import type { FitSession } from "../session/fit-session.js";
import type { Session } from "../session/session.js";
import { callbackStates, dataModuleState, olderDataModuleStates } from "./user-states.js";

/** All participants of a run, by when they get their states back. */
export interface Participants {
  /** What checkpoints of weights hold too. */
  readonly weights: readonly Participant[];
  /** After the weights. */
  readonly data: readonly Participant[];
  /** Before the optimizers are made. */
  readonly callbacks: readonly Participant[];
  /** After `onFitStart`. */
  readonly training: readonly Participant[];
  /** After the sanity check, which leaves no metrics. */
  readonly metrics: readonly Participant[];
  /** When the training loaders are there. */
  readonly loaders: readonly Participant[];
  /** Last of all. */
  readonly random: readonly Participant[];
}

/** The one list of what shapes the next step of a run. @param fit undefined where nothing trains */
export function participantsOf(session: Session, fit: FitSession | undefined): Participants {
  const { connection, datamodule, door, logging, messages, module, state, trainer } = session;
  return {
    weights: [weights(module, door, messages, { resumes: session.stage === "fit" })],
    data:
      datamodule === undefined ? [] : [dataModuleState(datamodule, door), ...olderDataModuleStates(datamodule, door)],
    callbacks: [callbackStates(trainer, door, messages)],
    training: [
      precisionState(connection),
      fitPosition(state),
      optimizerStates(fit?.optimizers, door),
      schedulerStates(fit?.optimizers, door),
      ...(fit === undefined ? [] : [openGradients(module, state, connection, byHand(fit))]),
    ],
    metrics: [
      metricStates(logging),
      metricObjectStates(logging, door, messages),
      collectedOnRanks({ logging, door, messages, strategy: connection.strategy, position: state }),
    ],
    loaders: [loaderStates(fit)],
    random: [randomStreams()],
  };
}

function byHand({ module, stepper }: FitSession): ((parameter: Variable) => boolean) | undefined {
  return module.automaticOptimization ? undefined : (parameter) => stepper.isOpen(parameter);
}
