import { type nn, tf } from "@lightning-ts/core";

/** Adds what one batch came to; `update` of a metric with sums calls it for each of them. */
export function addTo(state: nn.Buffer, amount: tf.Tensor | number): void {
  state.assign(
    tf.add(state, typeof amount === "number" || amount.dtype === state.dtype ? amount : tf.cast(amount, state.dtype)),
  );
}
