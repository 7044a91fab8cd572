import { ProtoMessage } from "./proto-message.js";
import type { SummaryValue } from "./event-messages.js";

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
const LARGEST = 32767;

/** One channel of sound, samples from -1 to 1; louder ones are cut. Field numbers: tensorboard's summary.proto. */
export function audioValue(tag: string, samples: ArrayLike<number>, sampleRate: number): SummaryValue {
  const audio = new ProtoMessage()
    .float(1, sampleRate)
    .varint(2, 1)
    .varint(3, samples.length)
    .bytes(4, wavOf(samples, sampleRate))
    .text(5, "audio/wav");
  return new ProtoMessage().text(1, tag).message(6, audio);
}

/** A WAV file of 16 bits for each sample. */
function wavOf(samples: ArrayLike<number>, sampleRate: number): Uint8Array {
  const dataBytes = samples.length * BYTES_PER_SAMPLE;
  const file = new Uint8Array(HEADER_BYTES + dataBytes);
  const view = new DataView(file.buffer);
  const text = (at: number, word: string): void => file.set(new TextEncoder().encode(word), at);
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * BYTES_PER_SAMPLE, true);
  view.setUint16(32, BYTES_PER_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  text(36, "data");
  view.setUint32(40, dataBytes, true);
  for (let i = 0; i < samples.length; i += 1) {
    const value = Math.min(1, Math.max(-1, samples[i] ?? 0));
    view.setInt16(HEADER_BYTES + i * BYTES_PER_SAMPLE, Math.trunc(value * LARGEST), true);
  }
  return file;
}
