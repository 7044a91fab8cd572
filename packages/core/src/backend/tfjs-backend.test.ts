import { afterEach, expect, it } from "vitest";
import { BackendUnavailableError } from "../errors/backend-unavailable-error.js";
import { tf } from "../index.js";
import { makeCurrent } from "./tfjs-backend.js";

afterEach(() => tf.removeBackend("broken"));

it.each([
  ["later", () => Promise.reject(new Error("loading addons is disabled"))],
  [
    "at once",
    () => {
      throw new Error("loading addons is disabled");
    },
  ],
])("a backend that fails to start %s says why", async (_, factory) => {
  tf.registerBackend("broken", factory);
  const error: unknown = await makeCurrent("broken").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BackendUnavailableError);
  expect(String(error)).toContain('"broken" is not available: loading addons is disabled');
});
