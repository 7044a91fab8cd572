import { gradOf, holdsNaN, MisconfigurationError, setGrad, tf, type HostTensor, type nn } from "@lightning-ts/core";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import type { Door } from "../door/door.js";
import type { Position } from "../words/cursor.js";
import { CheckpointFormatError, type Messages } from "@lightning-ts/fabric";
import { plainParticipant, type CheckpointFile, type Participant } from "./participant.js";
import { isLoadedTree, weightsOf } from "./codecs/checkpoint-tree.js";

/** Parameters and buffers. @param options whether training goes on with them, which needs what a run has written */
export function weights(
  module: nn.Module & { readonly strictLoading: boolean },
  door: Door,
  messages: Messages,
  options: { readonly resumes: boolean } = { resumes: false },
): Participant {
  return {
    key: ["state_dict"],
    state: () => door.call(module, "stateDict"),
    *restore(state, file) {
      const read = weightsOf(state, file);
      if (options.resumes) requireSameKinds(read, yield* door.call(module, "stateDict"), file);
      const loading = { strict: module.strictLoading };
      const { missingKeys, unexpectedKeys } = yield* door.call(module, "loadStateDict", read, loading);
      if (missingKeys.length + unexpectedKeys.length === 0) return;
      messages.warn(
        "keys",
        `${file.path}: missing ${missingKeys.join(", ") || "none"}; unexpected ${unexpectedKeys.join(", ") || "none"}.`,
      );
    },
  };
}

/**
 * @throws CheckpointFormatError for weights of another kind of number, and for NaN where the module has none: the run
 *   had diverged, or the file was edited
 */
function requireSameKinds(
  read: Record<string, HostTensor>,
  own: ReadonlyMap<string, tf.Tensor>,
  file: CheckpointFile,
): void {
  // What other tools wrote is brought into the module's types.
  const isOwnFile = file.entries.includes("lightning-ts_version");
  for (const [name, tensor] of own) {
    const saved = read[name];
    if (saved === undefined) continue;
    if (isOwnFile && saved.dtype !== tensor.dtype)
      throw new CheckpointFormatError(
        file.path,
        `state_dict.${name} has another type. Expected ${tensor.dtype}. Received ${saved.dtype}.`,
      );
    if (holdsNaN(saved.values) && !holdsNaN(tensor.dataSync()))
      throw new CheckpointFormatError(file.path, `state_dict.${name} holds NaN, and no training can go on from there.`);
  }
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
        if (
          !(gradient instanceof TensorBuffer) ||
          gradient.dtype !== parameter.dtype ||
          gradient.shape.join(", ") !== shape ||
          holdsNaN(gradient.values)
        )
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
