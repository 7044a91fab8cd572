import { testLogger, FakeTerminal } from "@lightning-ts/testing";
import { CSVLogger } from "./csv-logger.js";
import { TensorBoardLogger } from "./tensorboard-logger.js";

testLogger({
  name: "CSV",
  create: ({ files }) => new CSVLogger({ saveDir: "/logs", files, terminal: new FakeTerminal() }),
});
testLogger({
  name: "TensorBoard",
  create: ({ files, clock }) => new TensorBoardLogger({ saveDir: "/logs", files, clock }),
});
