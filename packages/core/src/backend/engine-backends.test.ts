import { backendNameOf, DEVICE_NAMES } from "@lightning-ts/backend-onnxruntime";
import { expect, it } from "vitest";
import { ENGINE_BACKENDS } from "./engine-backends.js";

it("the engine's backends have the names that the engine registers", () => {
  expect(Object.entries(ENGINE_BACKENDS)).toEqual(DEVICE_NAMES.map((device) => [device, backendNameOf(device)]));
});
