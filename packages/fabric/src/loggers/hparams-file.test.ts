import { MemoryFiles } from "@lightning-ts/testing";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { hparamsFile } from "./hparams-file.js";

async function written(params: Readonly<Record<string, unknown>>): Promise<string> {
  const files = new MemoryFiles();
  await files.makeDirectory("/run");
  await hparamsFile(files, "/run", params);
  return new TextDecoder().decode(await files.readFile("/run/hparams.yaml"));
}

describe("hparams.yaml", () => {
  it("quotes text that a spreadsheet would compute, and leaves numbers as they are", async () => {
    const params = { a: "=1+1", b: "+x", c: "-x", d: "@x", "=e": "x=1", f: -0.5, g: ["=2", -3], h: 1e-7 };
    const text = await written(params);
    expect(text).toBe('a: "=1+1"\nb: "+x"\nc: "-x"\nd: "@x"\n"=e": x=1\nf: -0.5\ng:\n  - "=2"\n  - -3\nh: 1e-7\n');
    expect(parse(text)).toEqual(params);
  });

  it("has no control character, and the same values when it is read again", async () => {
    const params = { "ke\u009by\u007f": "a\u001b[31m\u0000b", "\u001b]0;x\u0007": "\u009b2J\r", lines: "a\nb" };
    const text = await written(params);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    expect(parse(text)).toEqual(params);
  });
});
