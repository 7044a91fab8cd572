import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ucxSettings } from "./ucx-settings.js";

describe("settings of UCX", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ucx-settings-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("leave SIGSEGV to Node, and libc as it is where no device reaches memory", () => {
    const expected = { UCX_ERROR_SIGNALS: "SIGILL,SIGBUS,SIGFPE", UCX_MEM_EVENTS: "n" };
    expect(ucxSettings(join(folder, "no-such-folder"))).toEqual(expected);
    expect(ucxSettings(folder)).toEqual(expected);
  });

  it("leave memory events on where a device needs them", () => {
    const devices = join(folder, "infiniband");
    mkdirSync(join(devices, "mlx5_0"), { recursive: true });
    expect(ucxSettings(devices)).toEqual({ UCX_ERROR_SIGNALS: "SIGILL,SIGBUS,SIGFPE" });
  });
});
