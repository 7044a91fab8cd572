import { EngineError } from "./engine-error.js";

/** What a runner holds for tensors, and what of it waits for reuse. */
export interface HeldMemory {
  readonly allocatedBytes: number;
  readonly pooledBytes: number;
}

export interface OutOfMemoryOptions {
  /** What there was no room for, where that is known. */
  readonly sizeBytes: number | undefined;
  readonly held: HeldMemory;
  /** The tensor, and what it is the result of. */
  readonly tensor?: string | undefined;
  /** In the words of the device. */
  readonly reason?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A device, or the host, has no room for a tensor.
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import { OutOfMemoryError } from "@lightning-ts/backend-onnxruntime";
 *
 * try {
 *   await tf.fill([2 ** 25, 2 ** 25], 0).data();
 * } catch (error) {
 *   if (!(error instanceof OutOfMemoryError)) throw error;
 *   console.log(error.message, error.sizeBytes); // the tensor's name, and what is held
 * }
 * ```
 */
export class OutOfMemoryError extends EngineError {
  readonly sizeBytes: number | undefined;
  readonly #options: OutOfMemoryOptions;

  constructor(options: OutOfMemoryOptions) {
    const { tensor = "a tensor", sizeBytes, held, reason, cause } = options;
    const size = sizeBytes === undefined ? "" : ` (${inWords(sizeBytes)})`;
    const used = inWords(held.allocatedBytes - held.pooledBytes);
    const [because = ""] = (reason ?? "").split("\n");
    super({
      code: "LIT_ENGINE_MEMORY",
      message: `There is no room for ${tensor}${size}; tensors hold ${used}, and ${inWords(held.pooledBytes)} wait for reuse.${because === "" ? "" : ` ${because.replace(/[.\s]*$/, ".")}`}`,
      tryThis: "a smaller batch or model, or dispose of tensors that are not needed.",
      cause,
    });
    this.sizeBytes = sizeBytes;
    this.#options = options;
  }

  /** The same, with the name of the tensor. */
  named(tensor: string): OutOfMemoryError {
    return new OutOfMemoryError({ ...this.#options, tensor });
  }
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

function inWords(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toPrecision(3)} ${UNITS[power] ?? ""}`;
}
