import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

const SIDE = 28;

/** Writes digits `[N, 784]` with values from 0 to 1 side by side, as a PGM image, which every viewer knows. */
export async function saveDigits(path: string, pixels: ArrayLike<number>): Promise<void> {
  const count = pixels.length / (SIDE * SIDE);
  const grey = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 1) {
    const [digit, place] = [Math.floor(i / (SIDE * SIDE)), i % (SIDE * SIDE)];
    const [row, column] = [Math.floor(place / SIDE), place % SIDE];
    grey[(row * count + digit) * SIDE + column] = Math.round(255 * Math.min(1, Math.max(0, pixels[i] ?? 0)));
  }
  const header = new TextEncoder().encode(`P5\n${count * SIDE} ${SIDE}\n255\n`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, new Uint8Array([...header, ...grey]));
}
