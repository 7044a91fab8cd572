import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { CTC_OPTIONS, ctcLoss, type CtcLengths, type CtcLossOptions } from "../functional/ctc-loss.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";

/**
 * `nn.functional.ctcLoss` as a module.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const loss = new nn.CTCLoss();
 * const logProbs = nn.functional.logSoftmax(tf.zeros([12, 2, 5])); // 12 steps, 2 examples, 4 classes and the blank 0
 * const targets = tf.tensor2d([[1, 2, 3], [4, 4, 0]], undefined, "int32");
 * loss.forward(logProbs, targets, [12, 10], [3, 2]).print();
 * ```
 */
export class CTCLoss extends Module {
  constructor(
    readonly options: CtcLossOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.CTCLoss", options, CTC_OPTIONS);
    refuseMore("nn.CTCLoss", more);
  }

  override forward(
    logProbs: tf.Tensor,
    targets: tf.Tensor,
    inputLengths: CtcLengths,
    targetLengths: CtcLengths,
  ): tf.Tensor {
    return inLayer(this, logProbs, () => ctcLoss(logProbs, targets, inputLengths, targetLengths, this.options));
  }
}
