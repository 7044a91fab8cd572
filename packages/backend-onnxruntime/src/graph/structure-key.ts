/**
 * A growing list of integers that describes the whole structure of a graph, with a running hash.
 * The list is the key: two structures are equal exactly when their lists are.
 */
export class StructureKey {
  #values = new Int32Array(1024);
  #length = 0;
  #hash = 0;

  clear(): void {
    this.#length = 0;
    this.#hash = 0;
  }

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Int32Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
    let h = Math.imul(this.#hash ^ value, 0x9e3779b1);
    h ^= h >>> 15;
    this.#hash = Math.imul(h, 0x85ebca6b) ^ (h >>> 13);
  }

  get hash(): number {
    return this.#hash;
  }

  equals(other: Int32Array): boolean {
    if (other.length !== this.#length) return false;
    const values = this.#values;
    for (let i = 0; i < other.length; i++) if (other[i] !== values[i]) return false;
    return true;
  }

  copy(): Int32Array {
    return this.#values.slice(0, this.#length);
  }
}
