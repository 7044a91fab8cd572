import { testStrategy, FakeEnvironment, MemoryFiles } from "@lightning-ts/testing";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { connect } from "../connect/connect.js";
import { SingleDeviceStrategy } from "./single-device-strategy.js";

testStrategy({
  name: "single device",
  create: () => new SingleDeviceStrategy(),
  onEveryRank: async (body) => {
    const connection = connect({
      accelerator: cpu({ backend: "cpu" }),
      ports: { files: new MemoryFiles(), environment: new FakeEnvironment() },
    });
    await connection.launch();
    await body(connection.strategy);
    await connection.teardown();
  },
});
