import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { optionsOfNode } from "./options-of-node.js";

it.each<[given: string[], kept: string[]]>([
  [
    ["--cpu-prof", "--cpu-prof-interval", "200", "--import", "tsx"],
    ["--import", "tsx"],
  ],
  [["--inspect-port", "9230", "--expose-gc"], ["--expose-gc"]],
  [["--inspect-port=9230", "--expose-gc"], ["--expose-gc"]],
  [["--inspect", "--expose-gc"], ["--expose-gc"]],
  [
    ["--heap-prof", "--heap-prof-dir", "/tmp", "-r", "./setup.cjs"],
    ["-r", "./setup.cjs"],
  ],
  [
    ["--watch-path", "src", "--conditions", "development"],
    ["--conditions", "development"],
  ],
])("of %j a second process gets %j", (given, kept) => {
  expect(optionsOfNode(given)).toEqual(kept);
});

it("reads them as Node tells them", () => {
  const print = "process.stdout.write(JSON.stringify(process.execArgv.slice(0, 3)))";
  const { stdout } = spawnSync(process.execPath, ["--inspect-port", "0", "--expose-gc", "-e", print], {
    encoding: "utf8",
  });
  expect(optionsOfNode(JSON.parse(stdout))).toEqual(["--expose-gc"]);
});
