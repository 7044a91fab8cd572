import type { ByteReader } from "./byte-reader.js";
import { COSTS } from "./costs.js";
import { push, type Step, type Steps } from "./machine.js";
import { readInteger } from "./read-integer.js";

const text =
  (length: (input: ByteReader) => number): Step =>
  ({ input, stack, budget }) => {
    const read = input.text(length(input));
    budget.charge(COSTS.text + 2 * read.length);
    stack.push(read);
  };

/** Bytes are a copy, so that a value does not hold the whole file. */
const binary =
  (length: (input: ByteReader) => number): Step =>
  ({ input, stack, budget }) => {
    const read = input.bytes(length(input));
    budget.charge(COSTS.object + read.length);
    stack.push(new Uint8Array(read));
  };

const PIECE = 4096;

/** A `str` of Python 2. */
const latin =
  (length: (input: ByteReader) => number): Step =>
  ({ input, stack, budget }) => {
    const read = input.bytes(length(input));
    budget.charge(COSTS.text + 2 * read.length);
    let made = "";
    for (let at = 0; at < read.length; at += PIECE) made += String.fromCharCode(...read.subarray(at, at + PIECE));
    stack.push(made);
  };

/** Plain values. */
export const PLAIN_STEPS: Steps = {
  0x4e: push(() => null),
  0x88: push(() => true),
  0x89: push(() => false),
  0x4b: push((input) => input.uint8()),
  0x4d: push((input) => input.uint16()),
  0x4a: push((input) => input.int32()),
  0x8a: push((input) => readInteger(input.bytes(input.uint8())), COSTS.bigint),
  0x8b: push((input) => readInteger(input.bytes(input.uint32())), COSTS.bigint),
  0x47: push((input) => input.float64()),
  0x58: text((input) => input.uint32()),
  0x8c: text((input) => input.uint8()),
  0x8d: text((input) => input.length64()),
  0x42: binary((input) => input.uint32()),
  0x43: binary((input) => input.uint8()),
  0x8e: binary((input) => input.length64()),
  0x96: binary((input) => input.length64()),
  0x54: latin((input) => input.uint32()),
  0x55: latin((input) => input.uint8()),
};
