import { withoutBundlerMark } from "@lightning-ts/core";
import { wait } from "../../door/steps.js";
import type { Door } from "../../door/door.js";
import { isLoadedTree } from "../../checkpoint/codecs/checkpoint-tree.js";
import { refuseUnreadable } from "../../checkpoint/codecs/refuse-unreadable.js";
import { requireState } from "../../contract/required-state.js";
import { stateKeysOf } from "../../contract/state-keys.js";
import type { LightningDataModule } from "../../contract/lightning-data-module.js";
import type { Trainer } from "../../contract/trainer.js";
import type { Messages } from "@lightning-ts/fabric";
import type { Participant } from "../../checkpoint/participant.js";

const DATA_MODULE = "datamodule_state";

/** What `stateDict` of the data module gives. */
export function dataModuleState(datamodule: LightningDataModule, door: Door): Participant {
  return {
    key: [DATA_MODULE],
    *state() {
      const state = requireState(datamodule, yield* door.call(datamodule, "stateDict"));
      return Object.keys(state).length === 0 ? undefined : state;
    },
    *restore(state, file) {
      if (isLoadedTree(state)) yield* door.call(datamodule, "loadStateDict", state);
      else refuseUnreadable(state, DATA_MODULE, file);
    },
  };
}

/** Files of 0.1.0 hold the data module's state under the name of its class, which a bundler may have marked. */
export function olderDataModuleStates(datamodule: LightningDataModule, door: Door): readonly Participant[] {
  const name = withoutBundlerMark(datamodule.constructor.name);
  return [name, `_${name}`].map((key) => ({
    key: [key],
    state: () => wait(undefined),
    *restore(state, { entries }) {
      if (!entries.includes(DATA_MODULE) && isLoadedTree(state)) yield* door.call(datamodule, "loadStateDict", state);
    },
  }));
}

/** What `stateDict` of the callbacks gives, by their state keys. */
export function callbackStates({ callbacks }: Pick<Trainer, "callbacks">, door: Door, messages: Messages): Participant {
  const keys = stateKeysOf(callbacks);
  return {
    key: ["callbacks"],
    *state() {
      const states: Record<string, unknown> = {};
      for (const [callback, key] of keys) {
        const state = requireState(callback, yield* door.call(callback, "stateDict"));
        if (Object.keys(state).length > 0) states[key] = state;
      }
      return states;
    },
    *restore(states, file) {
      const { path } = file;
      if (!isLoadedTree(states)) return refuseUnreadable(states, "callbacks", file);
      const found = findStates(Object.keys(states), [...keys.values()]);
      const unknown = Object.keys(states).filter((key) => !found.has(key));
      if (unknown.length > 0)
        messages.warn(
          "callbacks",
          `${path} holds states of callbacks that this Trainer does not have: ${unknown.join(", ")}.`,
        );
      const places = new Map([...found].map(([place, key]) => [key, place]));
      for (const [callback, key] of keys) {
        const state = states[places.get(key) ?? key];
        if (isLoadedTree(state)) yield* door.call(callback, "loadStateDict", state);
        else refuseUnreadable(state, `callbacks.${key}`, file);
      }
    },
  };
}

/** Where in a file the states are: under their keys, else under keys that differ in a bundler's mark only. */
function findStates(places: readonly string[], keys: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map(places.filter((place) => keys.includes(place)).map((place) => [place, place]));
  for (const key of keys) {
    if (found.has(key)) continue;
    const place = places.find((one) => !found.has(one) && withoutBundlerMark(one) === withoutBundlerMark(key));
    if (place !== undefined) found.set(place, key);
  }
  return found;
}
