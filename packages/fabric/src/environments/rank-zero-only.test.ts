import { afterEach, describe, expect, it, vi } from "vitest";
import "../index.node.js";
import { rankZeroOnly } from "./rank-zero-only.js";

afterEach(() => void vi.unstubAllEnvs());

class Report {
  readonly lines: string[] = [];
  readonly add = rankZeroOnly((line: string) => this.lines.push(line));
}

describe("rankZeroOnly", () => {
  it.each([
    ["alone", {}, true],
    ["as the first of children", { LOCAL_RANK: "0" }, true],
    ["as another child", { LOCAL_RANK: "1" }, false],
    ["as rank 0 of mpirun", { OMPI_COMM_WORLD_SIZE: "4", OMPI_COMM_WORLD_RANK: "0" }, true],
    [
      "as rank 2 of mpirun, the first of its machine",
      {
        ...{ OMPI_COMM_WORLD_SIZE: "4", OMPI_COMM_WORLD_RANK: "2" },
        ...{ OMPI_COMM_WORLD_LOCAL_RANK: "0", OMPI_COMM_WORLD_LOCAL_SIZE: "2" },
      },
      false,
    ],
  ])("knows its rank before anything is launched, %s", (_, variables, isFirst) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const report = new Report();
    expect(report.add("begins")).toBe(isFirst ? 1 : undefined);
    expect(report.lines).toEqual(isFirst ? ["begins"] : []);
    expect(rankZeroOnly((a: number, b: number) => a + b, -1)(2, 3)).toBe(isFirst ? 5 : -1);
  });

  it("keeps what it is called on, and passes errors and promises on", async () => {
    const counter = {
      count: 3,
      read: rankZeroOnly(function (this: { count: number }) {
        return this.count;
      }),
    };
    expect(counter.read()).toBe(3);
    expect(() =>
      rankZeroOnly(() => {
        throw new RangeError("no");
      })(),
    ).toThrow(RangeError);
    await expect(rankZeroOnly(async () => 4)()).resolves.toBe(4);
  });
});
