import { Parts } from "../parts.js";

/** Arrays that are kept for the next call of the same length. */
const MOST_KEPT = 16;

/** One array in the place of several, for calls that take one. Arrays are used again: making them costs page faults. */
export class FlatArrays {
  #kept: Float32Array[] = [];

  /** The parts behind each other. */
  join(arrays: readonly Float32Array[]): Float32Array {
    const parts = new Parts(arrays);
    const { length } = parts;
    const place = this.#kept.findIndex((array) => array.length === length);
    const flat = place === -1 ? new Float32Array(length) : this.#kept.splice(place, 1)[0];
    if (flat === undefined) throw new RangeError("unreachable: the array was there");
    parts.read(0, flat);
    return flat;
  }

  /** Takes a flat array back, once its values are in the parts. */
  split(flat: Float32Array, arrays: readonly Float32Array[]): void {
    new Parts(arrays).write(0, flat);
    this.#kept.push(flat);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
  }
}
