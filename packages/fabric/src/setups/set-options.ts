import type { Optimizer, ParamGroup } from "@lightning-ts/core";

/** Options of an optimizer's groups as they are now. */
export function optionsOf({ paramGroups }: Optimizer): readonly ParamGroup[] {
  return paramGroups.map((group) => ({ ...group }));
}

/** Options that the code does not have, such as those that another schedule left, are dropped. */
export function setOptions({ paramGroups }: Optimizer, options: readonly ParamGroup[]): void {
  for (const [i, group] of paramGroups.entries()) {
    const wanted = options[i] ?? group;
    for (const name of Object.keys(group)) if (!(name in wanted)) Reflect.deleteProperty(group, name);
    Object.assign(group, wanted);
  }
}
