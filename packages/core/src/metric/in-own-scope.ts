import { Tensor } from "@tensorflow/tfjs-core";
import { trackInActiveScope } from "../tensor/engine-internals/scope-stack.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { isPromiseLike } from "../tree/is-promise-like.js";
import { mapTree, tensorsIn } from "../tree/tree.js";

/** Goes on with a value: at once, or when it is there. */
export function andThen(value: unknown, goOn: (value: unknown) => unknown): unknown {
  return isPromiseLike(value) ? value.then(goOn) : goOn(value);
}

/** Calls `body` and then `end`, whatever happens; at once where `body` returns no promise. */
export function finishing(body: () => unknown, end: () => void): unknown {
  let isPending = false;
  try {
    const result = body();
    if (!isPromiseLike(result)) return result;
    isPending = true;
    return Promise.resolve(result).finally(end);
  } finally {
    if (!isPending) end();
  }
}

/**
 * Runs `body` without recording for gradients, and frees what it made except for the tensors in its result: copies of
 * them belong to the scope around.
 */
export function inOwnScope(name: string, body: () => unknown): unknown {
  const scope = tensorScope({ tape: false, name });
  const result = finishing(
    () => andThen(body(), (value) => scope.keep(copyTensors(value))),
    () => scope.close(),
  );
  return andThen(result, handOver);
}

/** A state that is returned as it is must not be freed with the result. */
function copyTensors(value: unknown): unknown {
  return mapTree(value, (leaf) => (leaf instanceof Tensor ? tf.clone(leaf) : leaf));
}

function handOver(value: unknown): unknown {
  for (const tensor of tensorsIn(value)) {
    tensor.kept = false;
    trackInActiveScope(tensor);
  }
  return value;
}
