import { holdsNaN, MisconfigurationError, type HostTensor, type nn, type tf } from "@lightning-ts/core";
import { TensorBuffer, type Variable } from "@tensorflow/tfjs-core";
import type { Door } from "../door/door.js";
import { wait } from "../door/steps.js";
import type { Position } from "../words/cursor.js";
import { CheckpointFormatError, type Connection, type LoadedValue, type Messages } from "@lightning-ts/fabric";
import type { CheckpointFile, Participant } from "./participant.js";
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

/**
 * Gradients of an accumulation window that is open, by parameter name: of several ranks, their mean.
 * @param isOpen whether no step has used a parameter's gradient yet: where `trainingStep` steps by itself, nobody else
 *   knows about its windows
 */
export function openGradients(
  module: nn.Module,
  position: Position,
  { precision, strategy }: Pick<Connection, "precision" | "strategy">,
  isOpen?: (parameter: Variable) => boolean,
): Participant {
  return {
    key: ["gradients"],
    *state() {
      if (position.cursor.isWindowClosed && isOpen === undefined) return undefined;
      const named = module.namedParameters();
      const parameters = named.map(([, parameter]) => parameter);
      const gradients = yield* wait(strategy.openGradients(parameters, isOpen));
      const found = named.flatMap(([name], index): [string, unknown][] => {
        const gradient = gradients[index] ?? null;
        return gradient === null ? [] : [[name, gradient]];
      });
      return isOpen !== undefined && found.length === 0 ? undefined : new Map(found);
    },
    restore(state, { path }) {
      if (position.cursor.isWindowClosed && (isOpen === undefined || state === undefined)) return wait(undefined);
      // Scaled gradients overflow now and then, and the step of their window is left out.
      const read = readGradients(module, state, path, { mayBeNaN: precision.name === "16-mixed" });
      const gradients = new Map([...read].map(([parameter, gradient]) => [parameter, gradient.toTensor()]));
      return wait(strategy.resumeGradients(gradients));
    },
  };
}

function readGradients(
  module: nn.Module,
  state: LoadedValue | undefined,
  path: string,
  { mayBeNaN }: { readonly mayBeNaN: boolean },
): Map<Variable, HostTensor> {
  if (!isLoadedTree(state)) throw unreadable(path, "no gradients", "those of the accumulation window that is open");
  const parameters = new Map(module.namedParameters());
  const read = new Map<Variable, HostTensor>();
  for (const [name, gradient] of Object.entries(state)) {
    const parameter = parameters.get(name);
    // With strictLoading off, weights of parameters that are not there are left out too.
    if (parameter === undefined) continue;
    const shape = parameter.shape.join(", ");
    if (
      !(gradient instanceof TensorBuffer) ||
      gradient.dtype !== parameter.dtype ||
      gradient.shape.join(", ") !== shape ||
      (!mayBeNaN && holdsNaN(gradient.values))
    )
      throw unreadable(path, `no readable gradient of ${name}`, `a tensor [${shape}]`);
    read.set(parameter, gradient);
  }
  return read;
}

function unreadable(path: string, what: string, expected: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `${path} has ${what}, so its run cannot be resumed.`,
    expected,
    tryThis: "an earlier checkpoint.",
  });
}
