import { gradOf, MisconfigurationError, setGrad, tf, type nn } from "@lightning-ts/core";
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
    restore(state, { path }) {
      if (position.cursor.isWindowClosed) return;
      if (!isLoadedTree(state)) throw unreadable(path, "no gradients", "those of the accumulation window that is open");
      const parameters = new Map(module.namedParameters());
      for (const [name, gradient] of Object.entries(state)) {
        const parameter = parameters.get(name);
        // With strictLoading off, weights of parameters that are not there are left out too.
        if (parameter === undefined) continue;
        const shape = parameter.shape.join(", ");
        if (!(gradient instanceof TensorBuffer) || gradient.shape.join(", ") !== shape)
          throw unreadable(path, `no readable gradient of ${name}`, `a tensor [${shape}]`);
        setGrad(parameter, tf.tensor(gradient.values, gradient.shape, gradient.dtype));
      }
    },
  });
}

function unreadable(path: string, what: string, expected: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `${path} has ${what}, so its run cannot be resumed.`,
    expected,
    tryThis: "an earlier checkpoint.",
  });
}
