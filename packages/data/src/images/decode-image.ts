import { MisconfigurationError } from "@lightning-ts/core";
import type { DecodedPng } from "fast-png";
import { DataFileError } from "../errors/data-file-error.js";
import { withChannels, type DecodedImage } from "./decoded-image.js";

export interface DecodeOptions {
  /** 3 for colours, 1 for grey; transparency is left out. @default 3 */
  readonly channels?: 1 | 3 | undefined;
  /**
   * Who decodes: sharp, which has to be installed, or JavaScript alone, which reads PNG and JPEG. Pixels of JPEG files
   * differ a little between them. @default "auto": sharp where it is installed
   */
  readonly decoder?: "auto" | "sharp" | "javascript" | undefined;
}

type Decode = (bytes: Uint8Array) => Promise<DecodedImage>;

/**
 * Decodes a PNG or JPEG file; with sharp also WebP, GIF, AVIF and TIFF.
 * @param path for messages
 * @throws DataFileError for a file that is damaged or of another format
 * @throws MisconfigurationError where sharp is asked for and not installed
 */
export async function decodeImage(
  bytes: Uint8Array,
  path = "the bytes",
  { channels = 3, decoder = "auto" }: DecodeOptions = {},
): Promise<DecodedImage> {
  const decode = decoder === "javascript" ? undefined : await loadSharp();
  if (decode === undefined && decoder === "sharp")
    throw new MisconfigurationError({
      message: 'decoder: "sharp" needs the package sharp, which is not installed.',
      tryThis: 'npm install sharp, or decoder: "javascript".',
    });
  try {
    return withChannels(await (decode ?? inJavaScript(path))(bytes), channels);
  } catch (cause) {
    if (cause instanceof DataFileError) throw cause;
    throw new DataFileError({
      path,
      message: `the image cannot be decoded: ${cause instanceof Error ? cause.message : String(cause)}.`,
      received: `${bytes.length} bytes`,
      tryThis: "copying or downloading the file again, or leaving it out.",
      cause,
    });
  }
}

let sharp: Promise<Decode | undefined> | undefined;

function loadSharp(): Promise<Decode | undefined> {
  sharp ??= import("sharp").then(
    ({ default: open }) =>
      async (bytes) => {
        const { data, info } = await open(bytes).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
        const { width, height, channels } = info;
        return { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height, channels };
      },
    () => undefined, // It is not installed, or has no build for this machine.
  );
  return sharp;
}

function inJavaScript(path: string): Decode {
  return (bytes) => {
    if (bytes[0] === 0x89 && bytes[1] === 0x50) return decodePng(bytes);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return decodeJpeg(bytes);
    throw new DataFileError({
      path,
      offsetBytes: 0,
      message: "this is no PNG or JPEG file.",
      received: bytes.length === 0 ? "no bytes" : `the bytes ${[...bytes.subarray(0, 4)].join(", ")}`,
      tryThis: "npm install sharp, which reads WebP, GIF, AVIF and TIFF too.",
    });
  };
}

async function decodePng(bytes: Uint8Array): Promise<DecodedImage> {
  const { convertIndexedToRgb, decode } = await import("fast-png");
  const image = decode(bytes, { checkCrc: true });
  const { width, height, palette } = image;
  if (palette !== undefined) {
    const channels = palette[0]?.length ?? 3;
    return { data: convertIndexedToRgb(image), width, height, channels };
  }
  if (image.depth < 8) return { data: unpacked(image), width, height, channels: 1 };
  const { data, channels } = image;
  const isWide = data instanceof Uint16Array;
  const own = isWide ? Uint8Array.from(data, (value) => value >> 8) : new Uint8Array(data);
  return { data: own, width, height, channels };
}

/** Grey pixels of less than a byte, as bytes; each row begins with a byte of its own. */
function unpacked({ data, width, height, depth }: DecodedPng): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const white = 2 ** depth - 1;
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)] ?? 0;
      grey[y * width + x] = (((byte >> (8 - depth - (bit & 7))) & white) * 255) / white;
    }
  return grey;
}

/** Larger images are refused: a few damaged bytes can claim any size. */
const MOST_MEGABYTES = 2048;

async function decodeJpeg(bytes: Uint8Array): Promise<DecodedImage> {
  const { decode } = (await import("jpeg-js")).default;
  const { data, width, height } = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxMemoryUsageInMB: MOST_MEGABYTES,
  });
  return { data, width, height, channels: 3 };
}
