import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import type { ParamGroup } from "../param-group.js";

/** One number for each group, of an option that is one for all or a list. @throws MisconfigurationError */
export function perGroup(
  owner: string,
  name: string,
  { paramGroups }: Optimizer,
  value: number | readonly number[],
): readonly number[] {
  const values = typeof value === "number" ? paramGroups.map(() => value) : value;
  if (values.length !== paramGroups.length)
    throw new MisconfigurationError({
      message: `${owner} has not one ${name} for each parameter group.`,
      expected: `${paramGroups.length} numbers, or a single one`,
      received: `${values.length}`,
    });
  for (const one of values) checkNumber(owner, name, one);
  return values;
}

/** Sets the momentum of a group, or its first beta. @throws MisconfigurationError when it has neither */
export function setMomentum(owner: string, group: ParamGroup, momentum: number): void {
  if (group.betas !== undefined) group.betas = [momentum, group.betas[1]];
  else if (group.momentum !== undefined) group.momentum = momentum;
  else
    throw new MisconfigurationError({
      message: `${owner} cannot cycle the momentum of this optimizer.`,
      tryThis: "cycleMomentum: false.",
    });
}
