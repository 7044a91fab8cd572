import { holdValue, item } from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * A number that may still be on the device. It is read when somebody asks for it, once; until then it holds the tensor.
 * Several may hold one scalar: each calls `retain`, and `release` when done.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { LazyScalar } from "@lightning-ts/fabric";
 *
 * const loss = new LazyScalar(tf.scalar(0.5));
 * console.log(loss.read()); // 0.5
 * ```
 */
export class LazyScalar {
  #tensor: Tensor | undefined;
  #value: number;
  #holders = 1;

  constructor(value: Tensor | number) {
    if (typeof value === "number") {
      this.#value = value;
    } else {
      this.#value = Number.NaN;
      this.#tensor = holdValue(value);
    }
  }

  get isOnDevice(): boolean {
    return this.#tensor !== undefined;
  }

  /** Whether reading it throws: the step that it belongs to could not be computed. Waits for the device if it must. */
  get hasFailed(): boolean {
    try {
      this.read();
      return false;
    } catch {
      // Whoever runs the steps reports why.
      return true;
    }
  }

  /** Waits for the device if it must. */
  read(): number {
    if (this.#tensor === undefined) return this.#value;
    this.#value = item(this.#tensor);
    this.#drop();
    return this.#value;
  }

  /** Like `read`, but the event loop stays free. */
  async load(): Promise<number> {
    const tensor = this.#tensor;
    if (tensor === undefined) return this.#value;
    const [value] = await tensor.data();
    this.#value = Number(value);
    this.#drop();
    return this.#value;
  }

  retain(): this {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#drop();
  }

  #drop(): void {
    this.#tensor?.dispose();
    this.#tensor = undefined;
  }
}
