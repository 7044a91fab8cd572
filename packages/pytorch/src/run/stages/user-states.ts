import { isLoadedTree } from "../../checkpoint/codecs/checkpoint-tree.js";
import type { LightningDataModule } from "../../contract/lightning-data-module.js";
import type { Trainer } from "../../contract/trainer.js";
import type { Messages } from "../../words/messages.js";
import type { Participant } from "../../words/participant.js";

/** What `stateDict` of the data module gives, under the name of its class. */
export function dataModuleState(datamodule: LightningDataModule): Participant {
  return {
    key: [datamodule.constructor.name],
    state() {
      const state = datamodule.stateDict();
      return Object.keys(state).length === 0 ? undefined : state;
    },
    restore(state) {
      if (isLoadedTree(state)) datamodule.loadStateDict(state);
    },
  };
}

/** What `stateDict` of the callbacks gives, by their state keys. */
export function callbackStates({ callbacks }: Pick<Trainer, "callbacks">, messages: Messages): Participant {
  return {
    key: ["callbacks"],
    state() {
      const states: Record<string, unknown> = {};
      for (const callback of callbacks) {
        const state = callback.stateDict();
        if (Object.keys(state).length > 0) states[callback.stateKey] = state;
      }
      return states;
    },
    restore(states, { path }) {
      if (!isLoadedTree(states)) return;
      const known = new Set(callbacks.map((callback) => callback.stateKey));
      const unknown = Object.keys(states).filter((key) => !known.has(key));
      if (unknown.length > 0)
        messages.warn(
          "callbacks",
          `${path} holds states of callbacks that this Trainer does not have: ${unknown.join(", ")}.`,
        );
      for (const callback of callbacks) {
        const state = states[callback.stateKey];
        if (isLoadedTree(state)) callback.loadStateDict(state);
      }
    },
  };
}
