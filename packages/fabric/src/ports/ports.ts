import type { Clock, Environment, FileSystem, Signals, Terminal } from "@lightning-ts/core";

/** The outside world, as one object that everything takes. */
export interface Ports {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly environment: Environment;
  readonly terminal: Terminal;
}
