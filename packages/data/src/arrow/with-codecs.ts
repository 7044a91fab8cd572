import { decodeLz4Frame } from "../compression/lz4-frame.js";
import { loadZstd, type Decompress } from "../compression/zstd.js";
import { prefixedLength, type IpcCodec } from "../ipc/check-batch.js";

interface Codec {
  readonly decode?: (bytes: Uint8Array) => Uint8Array;
}

/** The part of apache-arrow that finds decoders. */
export interface CodecRegistry {
  get(codec: IpcCodec): Codec | null;
  set(codec: IpcCodec, value: Codec): void;
}

const PREFIX_BYTES = 8;

/**
 * Reads with decoders for the codecs, which the registry forgets afterwards: it belongs to the whole program, which may
 * have decoders of its own in it.
 */
export async function withCodecs<TResult>(
  registry: CodecRegistry,
  codecs: ReadonlySet<IpcCodec>,
  read: () => TResult,
): Promise<TResult> {
  const decoders = await Promise.all([...codecs].map(async (codec) => [codec, await decoderOf(codec)] as const));
  const before = decoders.map(([codec]) => [codec, registry.get(codec) ?? {}] as const);
  try {
    for (const [codec, decoder] of decoders) registry.set(codec, { decode: (bytes) => decoded(bytes, decoder) });
    return read();
  } finally {
    for (const [codec, value] of before) registry.set(codec, value);
  }
}

async function decoderOf(codec: IpcCodec): Promise<Decompress> {
  return codec === 0 ? decodeLz4Frame : loadZstd();
}

/** The library gives what stands behind the length. */
function decoded(bytes: Uint8Array, decoder: Decompress): Uint8Array {
  const whole = new Uint8Array(bytes.buffer, bytes.byteOffset - PREFIX_BYTES, bytes.byteLength + PREFIX_BYTES);
  return decoder(bytes, prefixedLength(whole, 0));
}
