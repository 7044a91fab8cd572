import type { tf } from "lightning-ts/core";

const SHADES = " .:-=+*#%@";
const SIDE = 28;

/** Draws the first images of [B, 1, 28, 28], values -1 … 1, beside each other; two rows of pixels make a line. */
export function drawImages(images: tf.Tensor, count: number): void {
  const values = images.dataSync();
  for (let row = 0; row < SIDE; row += 2) {
    let line = "";
    for (let image = 0; image < count; image += 1) {
      for (let column = 0; column < SIDE; column += 1) {
        const at = (image * SIDE + row) * SIDE + column;
        const grey = ((values[at] ?? -1) + (values[at + SIDE] ?? -1) + 2) / 4;
        line += SHADES[Math.min(SHADES.length - 1, Math.floor(grey * SHADES.length))] ?? " ";
      }
    }
    console.log(line);
  }
}
