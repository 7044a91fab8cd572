import type { ConnectOptions } from "../connect/connect-options.js";
import type { Logger } from "../loggers/logger.js";

export interface FabricOptions extends ConnectOptions {
  /** Objects whose methods `fabric.call(name)` runs. @default none */
  readonly callbacks?: object | readonly object[] | undefined;
  /** Where `log` and `logDict` write. @default none */
  readonly loggers?: Logger | readonly Logger[] | undefined;
}
