import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCifar } from "./read-cifar.js";

interface RecordedCifar {
  readonly binary: string;
  readonly data: string;
  readonly targets: readonly number[];
  readonly corners: readonly (readonly number[])[];
}

// What tests/parity/record_cifar.py recorded from torchvision.
const recorded: Readonly<Record<"cifar10" | "cifar100", RecordedCifar>> = JSON.parse(
  readFileSync(new URL("fixtures/cifar.json", import.meta.url), "utf8"),
);
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const SIDE = 32;

describe.each([
  ["cifar10", 10],
  ["cifar100", 100],
] as const)("images and labels of %s", (name, classes) => {
  const { binary, data, targets, corners } = recorded[name];

  it("are those that torchvision reads", async () => {
    const { images, labels } = await readCifar(bytesOf(binary), { classes });
    expect([...labels.values]).toEqual(targets);
    expect(images.shape).toEqual([targets.length, 3, SIDE, SIDE]);
    // torchvision keeps the three colours of a pixel together.
    const pixels = SIDE * SIDE;
    const together = bytesOf(data).map((_, i) => {
      const [image, pixel, colour] = [Math.floor(i / (3 * pixels)), Math.floor(i / 3) % pixels, i % 3];
      return Number(images.values[(image * 3 + colour) * pixels + pixel]);
    });
    expect(together).toEqual(bytesOf(data));
  });

  it("are ToTensor's numbers, divided by 255", async () => {
    const { images } = await readCifar(bytesOf(binary), { classes });
    const first = corners.map((colours, image) =>
      colours.map((_, colour) => Math.fround(Number(images.values[(image * 3 + colour) * SIDE * SIDE]) / 255)),
    );
    expect(first).toEqual(corners);
  });
});

it("coarse labels of CIFAR-100 are the first ones of a record", async () => {
  const { coarseLabels } = await readCifar(bytesOf(recorded.cifar100.binary), { classes: 100 });
  expect([...coarseLabels.values]).toEqual([19, 3]);
});
