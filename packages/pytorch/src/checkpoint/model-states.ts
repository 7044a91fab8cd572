import { gradOf, setGrad, tf, type nn } from "@lightning-ts/core";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import type { Door } from "../door/door.js";
import type { Position } from "../words/cursor.js";
import type { Messages } from "@lightning-ts/fabric";
import { plainParticipant, type Participant } from "./participant.js";
import { isLoadedTree, weightsOf } from "./codecs/checkpoint-tree.js";

/** Parameters and buffers. */
export function weights(
  module: nn.Module & { readonly strictLoading: boolean },
  door: Door,
  messages: Messages,
): Participant {
  return {
    key: ["state_dict"],
    state: () => door.call(module, "stateDict"),
    *restore(state, file) {
      const read = weightsOf(state, file);
      const options = { strict: module.strictLoading };
      const { missingKeys, unexpectedKeys } = yield* door.call(module, "loadStateDict", read, options);
      if (missingKeys.length + unexpectedKeys.length === 0) return;
      messages.warn(
        "keys",
        `${file.path}: missing ${missingKeys.join(", ") || "none"}; unexpected ${unexpectedKeys.join(", ") || "none"}.`,
      );
    },
  };
}

/** Gradients of an accumulation window that is open, by parameter name. */
export function openGradients(module: nn.Module, position: Position): Participant {
  return plainParticipant({
    key: ["gradients"],
    state() {
      if (position.cursor.isWindowClosed) return undefined;
      const gradients = new Map<string, unknown>();
      for (const [name, parameter] of module.namedParameters()) {
        const gradient = gradOf(parameter);
        if (gradient !== null) gradients.set(name, gradient);
      }
      return gradients;
    },
    restore(state) {
      if (!isLoadedTree(state)) return;
      for (const [name, parameter] of module.namedParameters()) {
        const gradient = state[name];
        if (gradient instanceof TensorBuffer)
          setGrad(parameter, tf.tensor(gradient.values, gradient.shape, gradient.dtype));
      }
    },
  });
}
