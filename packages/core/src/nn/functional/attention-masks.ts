import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";

/** Masks of PyTorch's attention layers: true marks keys that are *not* seen; numbers are added to the scores. */
export interface LayerMasks {
  /** [T, S], [N · heads, T, S], or what broadcasts to [N, heads, T, S]. */
  readonly attnMask: tf.Tensor | undefined;
  /** [N, S] */
  readonly keyPaddingMask: tf.Tensor | undefined;
}

export interface MaskSizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}

/**
 * Both masks as one of `scaledDotProductAttention`, which broadcasts to [N, heads, T, S]: true marks keys that count.
 * @param extraKeys keys behind those that the masks speak of; everybody sees them
 * @throws ShapeError
 */
export function joinMasks(masks: LayerMasks, sizes: MaskSizes, extraKeys: number): tf.Tensor | undefined {
  const given = [attentionMask(masks.attnMask, sizes), paddingMask(masks.keyPaddingMask, sizes)].flatMap((mask) =>
    mask === undefined ? [] : [extraKeys === 0 ? mask : withSeenKeys(mask, extraKeys)],
  );
  const [first, second] = given;
  if (first === undefined) return undefined;
  if (given.every(({ dtype }) => dtype === "bool"))
    return tf.logicalNot(second === undefined ? first : tf.logicalOr(first, second));
  return second === undefined ? first : tf.add(asNumbers(first), asNumbers(second));
}

function attentionMask(mask: tf.Tensor | undefined, { batch, heads, queries, keys }: MaskSizes): tf.Tensor | undefined {
  if (mask === undefined) return undefined;
  checkDtype("attnMask", mask);
  const expanded =
    mask.rank === 3 && mask.shape[0] === batch * heads ? tf.reshape(mask, [batch, heads, queries, keys]) : mask;
  const wanted = [batch, heads, queries, keys].slice(4 - expanded.rank);
  const fits =
    expanded.rank >= 2 &&
    expanded.rank <= 4 &&
    expanded.shape.every((length, i) => length === 1 || length === wanted[i]);
  if (fits) return expanded;
  throw misfit("attnMask", mask, `[${queries}, ${keys}] or [${batch * heads}, ${queries}, ${keys}]`);
}

function paddingMask(mask: tf.Tensor | undefined, { batch, keys }: MaskSizes): tf.Tensor | undefined {
  if (mask === undefined) return undefined;
  checkDtype("keyPaddingMask", mask);
  if (tf.util.arraysEqual(mask.shape, [batch, keys])) return tf.reshape(mask, [batch, 1, 1, keys]);
  throw misfit("keyPaddingMask", mask, `[${batch}, ${keys}]: batch, keys`);
}

function withSeenKeys(mask: tf.Tensor, count: number): tf.Tensor {
  return tf.concat([mask, tf.zeros([...mask.shape.slice(0, -1), count], mask.dtype)], -1);
}

function asNumbers(mask: tf.Tensor): tf.Tensor {
  if (mask.dtype !== "bool") return mask;
  return tf.where(mask, tf.scalar(Number.NEGATIVE_INFINITY), tf.zeros(mask.shape));
}

function checkDtype(name: string, mask: tf.Tensor): void {
  if (mask.dtype === "bool" || mask.dtype === "float32") return;
  throw new ShapeError({
    message: `attention: ${name} says neither which keys are hidden nor what to add.`,
    expected: "booleans (true hides a key) or float32",
    received: `${mask.dtype} ${formatShape(mask.shape)}`,
    shapes: [mask.shape],
    tryThis: 'tf.cast(mask, "bool")',
  });
}

function misfit(name: string, mask: tf.Tensor, expected: string): ShapeError {
  return new ShapeError({
    message: `attention: ${name} does not fit queries and keys.`,
    expected,
    received: formatShape(mask.shape),
    shapes: [mask.shape],
  });
}
