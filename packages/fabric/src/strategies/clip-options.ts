export interface ClipGradNormOptions {
  /** p of the p-norm; `Infinity` for the largest absolute value. @default 2 */
  readonly normType?: number | undefined;
  /** Reads the norm and throws when it is NaN or infinite. @default true */
  readonly errorIfNonfinite?: boolean | undefined;
}
