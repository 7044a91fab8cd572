import { describeLogger, FakeTerminal } from "@lightning-ts/testing";
import { CSVLogger } from "./csv-logger.js";
import { TensorBoardLogger } from "./tensorboard-logger.js";

describeLogger({
  name: "CSV",
  create: ({ files }) => new CSVLogger({ saveDir: "/logs", files, terminal: new FakeTerminal() }),
});
describeLogger({
  name: "TensorBoard",
  create: ({ files, clock }) => new TensorBoardLogger({ saveDir: "/logs", files, clock }),
});
