import {
  classNameOf,
  MisconfigurationError,
  randomState,
  restoreRandomState,
  type MetricState,
} from "@lightning-ts/core";
import type { Connection, Messages } from "@lightning-ts/fabric";
import type { Door } from "../door/door.js";
import type { Logging } from "../results/logging.js";
import type { Steps } from "../door/steps.js";
import { plainParticipant, type Participant } from "./participant.js";
import type { ResolvedOptimizers } from "../words/scheduler-config.js";
import { isLoadedTree } from "./codecs/checkpoint-tree.js";
import { refuseUnreadable } from "./codecs/refuse-unreadable.js";
import { readMetricObject, readMetricStates, readPrecisionState, readRandomState } from "./codecs/stored-states.js";

/** Optimizers; none where nothing trains. */
export function optimizerStates(resolved: ResolvedOptimizers | undefined, door: Door): Participant {
  return list(door, "optimizer_states", "optimizers", resolved?.optimizers ?? []);
}

/** Learning-rate schedulers; none where nothing trains. */
export function schedulerStates(resolved: ResolvedOptimizers | undefined, door: Door): Participant {
  return list(door, "lr_schedulers", "schedulers", resolved?.schedulers.map(({ scheduler }) => scheduler) ?? []);
}

/** Objects that are restored in the order in which `configureOptimizers` returned them. */
function list(
  door: Door,
  key: string,
  what: string,
  parts: readonly { stateDict(): object; loadStateDict(state: unknown): void }[],
): Participant {
  return {
    key: [key],
    *state() {
      const states: object[] = [];
      for (const part of parts) states.push(yield* door.call(part, "stateDict"));
      return states;
    },
    *restore(state, { path }) {
      const states = Array.isArray(state) ? state : [];
      if (states.length !== parts.length) {
        throw new MisconfigurationError({
          code: "LIT_RESUME",
          message: `${path} was written with other ${what}.`,
          expected: `${states.length} ${what}, as in the file`,
          received: `${parts.length} from configureOptimizers`,
        });
      }
      for (const [index, part] of parts.entries()) yield* door.call(part, "loadStateDict", states[index]);
    },
  };
}

/** The scale of a mixed precision; nothing for those without a state. */
export function precisionState({ precision }: Pick<Connection, "precision">): Participant {
  return plainParticipant({
    key: [precision.stateKey],
    state() {
      return precision.state();
    },
    restore(state, file) {
      if (isLoadedTree(state)) precision.restore(readPrecisionState(state));
      else refuseUnreadable(state, precision.stateKey, file);
    },
  });
}

/** What the epoch has collected so far, and the metrics that callbacks watch. */
export function metricStates(logging: Logging): Participant {
  return plainParticipant({
    key: ["metrics"],
    state() {
      logging.refresh();
      return { version: 1, training: logging.training.state(), callback: logging.published.callback.toRecord() };
    },
    restore(state, file) {
      if (!isLoadedTree(state)) return refuseUnreadable(state, "metrics", file);
      const { version, training, callback } = state;
      if (version !== 1) refuseUnreadable(version ?? null, "metrics.version", file);
      if (Array.isArray(training))
        logging.training.restore(readMetricStates(training), (name) => logging.metrics.find(name));
      else refuseUnreadable(training ?? null, "metrics.training", file);
      if (!isLoadedTree(callback)) return refuseUnreadable(callback ?? null, "metrics.callback", file);
      for (const [name, value] of Object.entries(callback))
        if (typeof value === "number") logging.published.callback.setNumber(name, value);
        else refuseUnreadable(value, `metrics.callback.${name}`, file);
    },
  });
}

/**
 * What the module's metric objects have collected, by the names of their attributes. Those of an evaluation are left
 * out: it is over before the run that resumes begins.
 */
export function metricObjectStates(logging: Logging, door: Door, messages: Messages): Participant {
  return {
    key: ["metric_objects"],
    *state() {
      const states = yield* collectedObjects(logging, door, messages);
      return Object.keys(states).length === 0 ? undefined : states;
    },
    *restore(state, file) {
      const { path } = file;
      if (!isLoadedTree(state)) return refuseUnreadable(state, "metric_objects", file);
      for (const [name, saved] of Object.entries(state)) {
        const metric = logging.metrics.find(name);
        if (metric !== undefined) yield* door.call(metric, "restore", readMetricObject(name, saved));
        else
          messages.warn(
            `metric ${name}`,
            `${path} has a state of the metric ${name}, which this module does not have.`,
          );
      }
    },
  };
}

/** What the metric objects of this rank have collected, by name. */
export function* collectedObjects(
  logging: Logging,
  door: Door,
  messages: Messages,
): Steps<Record<string, MetricState>> {
  const { results } = logging.connector;
  const ended = results === logging.training ? [] : (results?.objects() ?? []);
  const states: Record<string, MetricState> = {};
  for (const [name, metric] of logging.metrics.all()) {
    if (metric.updateCount === 0 || ended.some((result) => result.metric === metric)) continue;
    const state = yield* door.call(metric, "state");
    if (Object.keys(state.values).length === 0)
      messages.warn(
        `no states ${name}`,
        `The metric ${name} (${classNameOf(metric)}) has no states, so a checkpoint in the middle of an epoch keeps nothing of what it has collected. Declare them with addState in its class.`,
      );
    states[name] = state;
  }
  return states;
}

/** All random streams. To be restored last of all: nothing may draw between this and the next batch. */
export function randomStreams(): Participant {
  return plainParticipant({
    key: ["random_state"],
    state() {
      return randomState();
    },
    restore(state, file) {
      if (isLoadedTree(state)) restoreRandomState(readRandomState(state));
      else refuseUnreadable(state, "random_state", file);
    },
  });
}
