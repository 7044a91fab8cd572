import type { Accelerator } from "@lightning-ts/fabric";
import { describe, expect, it } from "vitest";

export interface AcceleratorSuite {
  readonly name: string;
  readonly create: () => Accelerator;
}

/** What every `Accelerator` does, on a machine that has it. */
export function testAccelerator({ name, create }: AcceleratorSuite): void {
  describe(`Accelerator: ${name}`, () => {
    it("takes a count as a number and as text, and at least one device for auto", () => {
      const accelerator = create();
      expect(accelerator.parseDevices(1)).toEqual([0]);
      expect(accelerator.parseDevices("1")).toEqual([0]);
      expect(accelerator.parseDevices("auto").length).toBeGreaterThan(0);
    });

    it.each([0, -2, 1.5, Number.NaN, "", "some"])("refuses %j devices and says what it takes", (devices) => {
      expect(() => create().parseDevices(devices)).toThrow(/devices/);
    });

    it("sets a device up, again and again", async () => {
      const accelerator = create();
      const first = await accelerator.setupDevice(0);
      const again = await accelerator.setupDevice(0);
      expect([first.type, first.index, again.backend.name]).toEqual([accelerator.name, 0, first.backend.name]);
      expect(first.backend.capabilities.precisions).toContain("32-true");
    });

    it("can be torn down twice", async () => {
      const accelerator = create();
      await accelerator.setupDevice(0);
      await accelerator.teardown();
      await expect(accelerator.teardown()).resolves.toBeUndefined();
    });
  });
}
