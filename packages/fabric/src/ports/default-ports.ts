import { MisconfigurationError } from "@lightning-ts/core";
import type { Ports } from "./ports.js";

const PORT_NAMES = ["files", "clock", "signals", "environment", "terminal"] as const satisfies readonly (keyof Ports)[];

let makeDefaults: (() => Ports) | undefined;

/** Says which ports stand in where none are given. The entry of a platform calls it, once. */
export function setDefaultPorts(make: () => Ports): void {
  makeDefaults = make;
}

/** The platform's own ports; undefined where it brings none, as in a browser. */
export function defaultPorts(): Ports | undefined {
  return makeDefaults?.();
}

/**
 * The ports that were given, completed by the platform's own.
 * @param owner who needs them, for the message
 * @throws MisconfigurationError naming the ports that are missing where the platform brings none
 */
export function completePorts(owner: string, given: Partial<Ports> = {}): Ports {
  const known = Object.entries({ ...given }).filter(([, port]) => port !== undefined);
  const ports: Partial<Ports> = { ...defaultPorts(), ...Object.fromEntries(known) };
  if (isComplete(ports)) return ports;
  const missing = PORT_NAMES.filter((name) => ports[name] === undefined);
  throw noPorts(`${owner} needs ports`, `ports: { ${missing.join(", ")} }`);
}

/**
 * One of the platform's own ports, for a part whose option was left out.
 * @throws MisconfigurationError naming the option where the platform brings none
 */
export function defaultPort<TName extends keyof Ports>(owner: string, name: TName): Ports[TName] {
  const port = defaultPorts()?.[name];
  if (port === undefined) throw noPorts(`${owner} needs the port ${name}`, `its option ${name}`);
  return port;
}

function isComplete(ports: Partial<Ports>): ports is Ports {
  return PORT_NAMES.every((name) => ports[name] !== undefined);
}

function noPorts(need: string, expected: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_PORTS",
    message: `${need} to the outside world, and this platform brings none of its own.`,
    expected,
    tryThis:
      "ports of your own. In Node they come by themselves; where a bundler left them out, pass nodePorts() from @lightning-ts/fabric/node.",
  });
}
