import { connect, cpu, SingleDeviceCollective } from "@lightning-ts/fabric";
import { testStrategy } from "../conformance/test-strategy.js";
import { FakeEnvironment } from "./fake-environment.js";
import { InProcessCollectives } from "./in-process-collectives.js";
import { MemoryFiles } from "./memory-files.js";
import { StrategyOfRank } from "./strategy-of-rank.js";

testStrategy({
  name: "two ranks in one process",
  create: () => new StrategyOfRank(new SingleDeviceCollective()),
  onEveryRank: async (body) => {
    const files = new MemoryFiles();
    await Promise.all(
      new InProcessCollectives(2).ranks.map(async (collective) => {
        const connection = connect({
          accelerator: cpu({ backend: "cpu" }),
          strategy: new StrategyOfRank(collective),
          ports: { files, environment: new FakeEnvironment() },
        });
        await connection.launch();
        await body(connection.strategy);
        await connection.teardown();
      }),
    );
  },
});
