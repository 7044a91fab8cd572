import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const FITS = 12;

it.each(["onnxruntime"])(
  `${FITS} fits in one process leave no tensor, handle, file or listener: %s`,
  { timeout: 240_000 },
  (backend) => {
    const script = fileURLToPath(new URL("./main.ts", import.meta.url));
    const node = ["--conditions=lightning-ts-source", "--import", "tsx", script];
    const ended = spawnSync(process.execPath, [...node, String(FITS), backend], { encoding: "utf8" });
    expect(ended.status, `${ended.stdout}${ended.stderr}`).toBe(0);
    expect(JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({ fits: FITS, grown: [] });
  },
);
