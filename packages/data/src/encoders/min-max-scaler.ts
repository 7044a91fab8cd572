import { Scaler, type ScalerOptions } from "./scaler.js";

/**
 * Moves the least value to 0 and the largest to 1, as scikit-learn's; a column of one value is only moved.
 * @example
 * ```ts
 * import { ColumnTransformer, MinMaxScaler, Table } from "@lightning-ts/data";
 *
 * const train = new Table({ mass: [1, 3, 2] });
 * const features = new ColumnTransformer([[new MinMaxScaler(), ["mass"]]]).fit(train);
 * console.log(features.transform(train).values); // 0 1 0.5
 * ```
 */
export class MinMaxScaler extends Scaler {
  readonly kind = "MinMaxScaler";

  constructor(options: ScalerOptions = {}) {
    super("MinMaxScaler", options);
  }

  protected override measure(values: Float64Array): { readonly center: number; readonly scale: number } {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { center: low, scale: high === low ? 1 : high - low };
  }
}
