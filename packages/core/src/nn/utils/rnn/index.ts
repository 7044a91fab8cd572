export { packPaddedSequence, packSequence, type PackOptions, type PackPaddedOptions } from "./pack-sequences.js";
export { PackedSequence, type SequenceLengths } from "./packed-sequence.js";
export { padSequence, type PadSequenceOptions } from "./pad-sequences.js";
export { padPackedSequence, unpackSequence, unpadSequence, type PadPackedOptions } from "./unpack-sequences.js";
