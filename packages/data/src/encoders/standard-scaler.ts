import { meanOf, Scaler, type ScalerOptions } from "./scaler.js";

/**
 * Takes the mean away and divides by the standard deviation, as scikit-learn's: of the values that are there, with n in
 * the variance; a column of one value is only moved.
 * @example
 * ```ts
 * import { ColumnTransformer, StandardScaler, Table } from "@lightning-ts/data";
 *
 * const train = new Table({ mass: [1, 3, 2] });
 * const features = new ColumnTransformer([[new StandardScaler(), ["mass"]]]).fit(train);
 * console.log(features.transform(train).values); // -1.22 1.22 0
 * ```
 */
export class StandardScaler extends Scaler {
  readonly kind = "StandardScaler";

  constructor(options: ScalerOptions = {}) {
    super("StandardScaler", options);
  }

  protected override measure(values: Float64Array): { readonly center: number; readonly scale: number } {
    const center = meanOf(values);
    const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
    // What is left of a constant column after rounding is no spread.
    const isConstant = variance <= values.length * (Number.EPSILON * center) ** 2 || variance === 0;
    return { center, scale: isConstant ? 1 : Math.sqrt(variance) };
  }
}
