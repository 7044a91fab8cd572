import { nn } from "@lightning-ts/core";

/** Two linear layers with GELU between them. */
export class MLPBlock extends nn.Sequential {
  constructor(width: number, hidden: number, dropout: number) {
    super(
      new nn.Linear(width, hidden),
      new nn.GELU(),
      new nn.Dropout(dropout),
      new nn.Linear(hidden, width),
      new nn.Dropout(dropout),
    );
    for (const module of this) {
      if (!(module instanceof nn.Linear)) continue;
      nn.init.xavierUniform(module.weight);
      if (module.bias !== undefined) nn.init.normal(module.bias, 0, 1e-6);
    }
    this.registerLoadStateDictPreHook(renameLayers);
  }
}

/** torchvision's own files were written when the layers were called linear_1 and linear_2. */
const NEW_NAMES = [
  ["linear_1", "0"],
  ["linear_2", "3"],
] as const;

function renameLayers(entries: Parameters<nn.LoadStateDictPreHook>[0], prefix: string): void {
  for (const [before, now] of NEW_NAMES)
    for (const part of ["weight", "bias"]) {
      const value = entries.get(`${prefix}${before}.${part}`);
      if (value === undefined || !entries.delete(`${prefix}${before}.${part}`)) continue;
      entries.set(`${prefix}${now}.${part}`, value);
    }
}
