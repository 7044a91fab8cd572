import { damagedPickle } from "./pickle-error.js";

/** Python has no limit; a hash or a seed fits well. */
const MOST_BYTES = 1024;

/** An integer of any length, two's complement, little-endian. */
export function readInteger(bytes: Uint8Array): number | bigint {
  if (bytes.length > MOST_BYTES) throw damagedPickle(`it holds an integer of ${bytes.length} bytes`);
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return toNumber(BigInt.asIntN(bytes.length * 8, value));
}

/** A number where it is exact. */
export function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
