/** Arrays that are kept for the next call of the same length. */
const MOST_KEPT = 16;

/** One array in the place of several, for calls that take one. Arrays are used again: making them costs page faults. */
export class FlatArrays {
  #kept: Float32Array[] = [];

  /** The parts behind each other. */
  join(parts: readonly Float32Array[]): Float32Array {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const place = this.#kept.findIndex((array) => array.length === length);
    const flat = place === -1 ? new Float32Array(length) : this.#kept.splice(place, 1)[0];
    if (flat === undefined) throw new RangeError("unreachable: the array was there");
    let from = 0;
    for (const part of parts) {
      flat.set(part, from);
      from += part.length;
    }
    return flat;
  }

  /** Takes a flat array back, once its values are in the parts. */
  split(flat: Float32Array, parts: readonly Float32Array[]): void {
    let from = 0;
    for (const part of parts) {
      part.set(flat.subarray(from, from + part.length));
      from += part.length;
    }
    this.#kept.push(flat);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
  }
}
