/** Memory that is used again for every part that travels: fresh arrays would pile up until they are collected. */
export class Scratch {
  #values = new Float32Array();

  /** The first `length` elements; what is in them is left from before. */
  take(length: number): Float32Array {
    if (this.#values.length < length) this.#values = new Float32Array(length);
    return this.#values.subarray(0, length);
  }
}
