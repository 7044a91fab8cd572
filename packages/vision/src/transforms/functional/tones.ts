import type { Planes } from "./planes.js";

/** Keeps so many of the eight bits of each number. */
export function posterize(planes: Planes, bits: number): Planes {
  const step = 2 ** (8 - bits);
  return { ...planes, values: planes.values.map((value) => Math.floor(value / step) * step) };
}

/** Inverts the numbers of at least `threshold`. */
export function solarize(planes: Planes, threshold: number): Planes {
  return { ...planes, values: planes.values.map((value) => (value >= threshold ? planes.white - value : value)) };
}

/** Stretches each channel from black to white; one of a single number stays. */
export function autoContrast(planes: Planes): Planes {
  return eachChannel(planes, (values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (low === high) return values;
    const scale = Math.fround(planes.white / (high - low));
    return values.map((value) => {
      const stretched = Math.min(Math.max((value - low) * scale, 0), planes.white);
      return planes.white === 255 ? Math.trunc(stretched) : stretched;
    });
  });
}

/** Gives each channel of bytes as many dark as bright pixels. */
export function equalize(planes: Planes): Planes {
  return eachChannel(planes, (values) => {
    const counts = new Uint32Array(256);
    for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
    const last = counts.findLast((count) => count > 0) ?? 0;
    const step = Math.floor((values.length - last) / 255);
    if (step === 0) return values;
    const table = new Float32Array(256);
    let before = 0;
    for (let value = 1; value < 256; value += 1) {
      before += counts[value - 1] ?? 0;
      table[value] = Math.min(Math.floor((before + Math.floor(step / 2)) / step), 255);
    }
    return values.map((value) => table[value] ?? 0);
  });
}

function eachChannel(planes: Planes, change: (values: Float32Array) => Float32Array): Planes {
  const { channels, height, width } = planes;
  const size = height * width;
  const values = new Float32Array(planes.values.length);
  for (let c = 0; c < channels; c += 1) values.set(change(planes.values.slice(c * size, (c + 1) * size)), c * size);
  return { ...planes, values };
}
