import { beforeAll, describe, expect, it } from "vitest";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { MultiheadAttention } from "./index.js";

const HIDDEN = [0, 1, 0, 1, 1, 1, 0, 0, 0];

describe.each(await backendsUnderTest())("a mask of nn.MultiheadAttention on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("of booleans marks the keys that a query does not see, as in PyTorch's layer", () => {
    using _scope = tensorScope();
    const layer = new MultiheadAttention(4, 2, { batchFirst: true });
    const x = tf.tensor3d(
      Array.from({ length: 12 }, (_, i) => Math.sin(i)),
      [1, 3, 4],
    );
    const marked = layer.forward(x, { attnMask: tf.tensor2d(HIDDEN, [3, 3], "bool") });
    const added = layer.forward(x, {
      attnMask: tf.tensor2d(
        HIDDEN.map((isHidden) => (isHidden === 1 ? Number.NEGATIVE_INFINITY : 0)),
        [3, 3],
      ),
    });
    const unmasked = layer.forward(x);
    expect([...marked.dataSync()]).toEqual([...added.dataSync()]);
    expect([...marked.dataSync()]).not.toEqual([...unmasked.dataSync()]);
    // The second query sees nothing: what is left is the output's bias.
    expect([...tf.slice(marked, [0, 1, 0], [1, 1, 4]).dataSync()]).toEqual([...(layer.outProj.bias?.dataSync() ?? [])]);
    layer.dispose();
  });
});
