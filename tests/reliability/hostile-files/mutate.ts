/** A generator of numbers that begins where it is told to, so that a finding can be repeated. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Instructions of pickles, and numbers that lengths and offsets do not expect. */
const CODES = [
  ...Buffer.from(
    "(.]}Xcqh0t)Ru2aesbQK\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x90\x91\x92\x93\x94\x95\x96",
    "latin1",
  ),
];
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** A copy of a file with some bytes changed, taken out, put in, moved, or cut off. */
export function mutate(file: Uint8Array, below: (count: number) => number): Uint8Array {
  let bytes = Uint8Array.from(file);
  for (let change = 0; change <= below(6); change += 1) {
    const at = below(bytes.length);
    const [kind, length] = [below(8), 1 + below(16)];
    if (kind <= 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    else if (kind === 2) bytes[at] = EDGES[below(EDGES.length)] ?? 0;
    else if (kind === 3) bytes[at] = CODES[below(CODES.length)] ?? 0;
    else if (kind === 4) bytes.copyWithin(at, below(bytes.length), below(bytes.length));
    else if (kind === 5) bytes.fill(EDGES[below(EDGES.length)] ?? 0, at, at + Math.min(length, 8));
    else if (kind === 6) bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
    else
      bytes = Uint8Array.from([
        ...bytes.subarray(0, at),
        ...Array.from({ length }, () => CODES[below(CODES.length)] ?? 0),
        ...bytes.subarray(at),
      ]);
    if (bytes.length < 32) return bytes;
  }
  return bytes;
}
