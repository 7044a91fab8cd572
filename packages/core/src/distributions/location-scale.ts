import { classNameOf } from "../errors/class-name.js";
import { refuseMore } from "../errors/refuse-more.js";
import type { tf } from "../tensor/tf.js";
import { broadcastAll, type Value } from "./broadcast.js";
import { positive, real } from "./constraints.js";
import { Distribution, type DistributionOptions } from "./distribution.js";

/** A distribution of one shape, symmetric around its mean, that is moved by `loc` and stretched by `scale`. */
export abstract class LocationScale extends Distribution {
  readonly support = real;
  readonly loc: tf.Tensor;
  readonly scale: tf.Tensor;

  constructor(loc: Value, scale: Value, options: DistributionOptions = {}, ...more: readonly never[]) {
    const [allLoc, allScale] = broadcastAll([loc, scale] as const);
    super({ batch: allLoc.shape }, options);
    refuseMore(classNameOf(this), more);
    this.loc = allLoc;
    this.scale = allScale;
    this.requireParameters([
      ["loc", loc, real],
      ["scale", scale, positive],
    ]);
  }

  override get mean(): tf.Tensor {
    return this.loc;
  }
}
