import { fileError, MemoryFiles } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { EventFile } from "./event-file.js";

const LONG_AFTER_THE_CALL_MS = 5;

it("writes the others where an event cannot be made, and says so at each flush, not before", async () => {
  const files = new MemoryFiles();
  const events = new EventFile(files, () => ({ path: "/events", firstEvent: Uint8Array.of(1) }));
  events.add(Uint8Array.of(2));
  events.add(Promise.reject(fileError("ENOENT", "no library")));
  await new Promise((resolve) => setTimeout(resolve, LONG_AFTER_THE_CALL_MS));
  events.add(Uint8Array.of(3));
  await expect(events.flush()).rejects.toThrow("ENOENT");
  const ofThree = (await files.readFile("/events")).byteLength;
  events.add(Uint8Array.of(4));
  await expect(events.flush()).rejects.toThrow("ENOENT");
  expect((await files.readFile("/events")).byteLength).toBe((ofThree / 3) * 4);
});
