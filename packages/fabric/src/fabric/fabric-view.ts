import type { Accelerator } from "../accelerators/accelerator.js";
import type { Device } from "../accelerators/device.js";
import type { Connection } from "../connect/connection.js";
import type { Logger } from "../loggers/logger.js";
import type { Precision } from "../precision/precision.js";
import type { Strategy } from "../strategies/strategy.js";
import type { FabricParts } from "./fabric-parts.js";

/** What can be read of a Fabric: its parts, and which of the ranks this process is. */
export class FabricView {
  readonly #connection: Connection;
  readonly #callbacks: FabricParts["callbacks"];
  readonly loggers: readonly Logger[];

  protected constructor({ connection, callbacks, loggers }: FabricParts) {
    this.#connection = connection;
    this.#callbacks = callbacks;
    this.loggers = loggers;
  }

  get accelerator(): Accelerator {
    return this.#connection.accelerator;
  }
  get strategy(): Strategy {
    return this.#connection.strategy;
  }
  get precision(): Precision {
    return this.#connection.precision;
  }
  /** @throws NotLaunchedError before `launch` */
  get device(): Device {
    return this.#connection.device;
  }
  get globalRank(): number {
    return this.strategy.globalRank;
  }
  get localRank(): number {
    return this.strategy.localRank;
  }
  get nodeRank(): number {
    return this.strategy.nodeRank;
  }
  get worldSize(): number {
    return this.strategy.worldSize;
  }
  get isGlobalZero(): boolean {
    return this.strategy.isGlobalZero;
  }
  get callbacks(): readonly object[] {
    return this.#callbacks.list;
  }
  /** The first logger. */
  get logger(): Logger | undefined {
    return this.loggers[0];
  }
}
