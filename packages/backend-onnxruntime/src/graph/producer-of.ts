import type { GraphValue, NodeRequest } from "../contract/graph-builder.js";

/** Who made a value: the request of its node, for the rewrites that look backwards. */
export type ProducerOf = (value: GraphValue) => NodeRequest | undefined;
