/** How a step is driven: by a loop written by hand, by the Trainer with everything off, by the Trainer as it comes. */
export type LoopName = "handWritten" | "barebones" | "trainer";

/** One linear layer with Adam, batch 64: small enough that the loop around it shows. */
export const MODELS = [
  { name: "linear 8-10", features: 8 },
  { name: "linear 784-10", features: 784 },
] as const;
