import { crc32, deflateSync } from "node:zlib";
import type { LogImage } from "../logger.js";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const COLOR_TYPES = { 1: 0, 3: 2, 4: 6 } as const;

/** The image as a PNG file, 8 bits per channel, not filtered. */
export function encodePng({ height, width, channels, pixels }: LogImage): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPES[channels]], 8);
  const rowBytes = width * channels;
  const rows = new Uint8Array(height * (rowBytes + 1));
  for (let row = 0; row < height; row += 1)
    rows.set(pixels.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = new Uint8Array(body.byteLength + 8);
  const view = new DataView(framed.buffer);
  view.setUint32(0, data.byteLength);
  framed.set(body, 4);
  view.setUint32(body.byteLength + 4, crc32(body));
  return framed;
}
