import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheFolder } from "./cache-folder.js";

it("prefers LIGHTNING_CACHE", () => {
  expect(cacheFolder({ LIGHTNING_CACHE: "/data/cache" }, "linux")).toBe("/data/cache");
});

it("otherwise uses the folder that the system has for caches", () => {
  expect(cacheFolder({ LIGHTNING_CACHE: "", XDG_CACHE_HOME: "/xdg" }, "linux")).toBe(join("/xdg", "lightning-ts"));
  expect(cacheFolder({}, "linux")).toBe(join(homedir(), ".cache", "lightning-ts"));
  expect(cacheFolder({}, "darwin")).toBe(join(homedir(), "Library", "Caches", "lightning-ts"));
});
