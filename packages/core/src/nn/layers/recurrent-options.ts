import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { checkCount } from "../size.js";

export interface RecurrentOptions {
  /** Layers on top of each other. @default 1 */
  readonly numLayers?: number | undefined;
  /** @default true */
  readonly bias?: boolean | undefined;
  /** Whether sequences are [N, T, ...] instead of [T, N, ...]. States are never. @default false */
  readonly batchFirst?: boolean | undefined;
  /** Dropout in training between the layers. @default 0 */
  readonly dropout?: number | undefined;
  /** A second set of cells reads the sequence backwards; results lie side by side. @default false */
  readonly bidirectional?: boolean | undefined;
}

export interface LstmOptions extends RecurrentOptions {
  /** Size of a projection behind the hidden state; 0 is none. @default 0 */
  readonly projSize?: number | undefined;
}

export interface RnnOptions extends RecurrentOptions {
  /** @default "tanh" */
  readonly nonlinearity?: "tanh" | "relu" | undefined;
}

const SHARED = ["numLayers", "bias", "batchFirst", "dropout", "bidirectional"];

/** @throws MisconfigurationError for options or numbers that the layer cannot have */
export function checkRecurrent(
  owner: string,
  { inputSize, hiddenSize }: { readonly inputSize: number; readonly hiddenSize: number },
  options: RecurrentOptions & { readonly projSize?: number | undefined },
  more: readonly string[],
): void {
  checkOptions(owner, options, [...SHARED, ...more]);
  checkCount(inputSize, "inputSize");
  checkCount(hiddenSize, "hiddenSize");
  checkCount(options.numLayers ?? 1, "numLayers");
  const { dropout = 0, projSize = 0 } = options;
  if (!(dropout >= 0 && dropout <= 1))
    throw new MisconfigurationError({
      message: `${owner}: this is no probability.`,
      expected: "dropout from 0 to 1",
      received: String(dropout),
    });
  if (!Number.isInteger(projSize) || projSize < 0 || projSize >= hiddenSize)
    throw new MisconfigurationError({
      message: `${owner}: the projection must be smaller than the hidden state.`,
      expected: `projSize from 0 to ${hiddenSize - 1}`,
      received: String(projSize),
    });
}
