import { engine, type Tensor } from "@tensorflow/tfjs-core";
import { DataHandle, type LazyData } from "./lazy-data.js";

/** What is known of an open scope. */
interface SeenScope {
  /** How many of its tensors have been looked at. */
  count: number;
  /**
   * Those among them whose content was pending then: only of these does it matter who will free them. A set, because
   * tfjs may track a tensor twice.
   */
  readonly pending: Set<Tensor>;
}

const scopes = new WeakMap<object, SeenScope>();

/**
 * Stamps the pending contents of tensors that the end of an open scope (`tf.tidy`, `startScope`) will free, apart from
 * kept ones. Looks only at what is new or was pending the last time, because a scope can hold thousands of tensors.
 */
export function stampTemporaries(stamp: number): void {
  for (const scope of engine().state.scopeStack) {
    const { track } = scope;
    let seen = scopes.get(scope);
    if (seen === undefined || seen.count > track.length) scopes.set(scope, (seen = { count: 0, pending: new Set() }));
    const { pending } = seen;
    for (let i = seen.count; i < track.length; i++) {
      const tensor = track[i];
      if (tensor !== undefined) pending.add(tensor);
    }
    seen.count = track.length;
    for (const tensor of pending) {
      const data = pendingOf(tensor);
      if (data === undefined || tensor.isDisposed) pending.delete(tensor);
      else if (!tensor.kept) data.stampTemporary(stamp);
    }
  }
}

function pendingOf({ dataId }: Tensor): LazyData | undefined {
  const data = dataId instanceof DataHandle ? dataId.data : undefined;
  return data?.node === undefined ? undefined : data;
}
