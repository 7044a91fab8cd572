/** Values as Python prints them, for the texts of modules. */

/** Decimal exponents between which Python prints a float without one. */
const [LEAST, MOST] = [-4, 16];

/** `true` -> `True` */
export function pyBool(value: boolean): string {
  return value ? "True" : "False";
}

/** A number that is a float in PyTorch: 1 -> `1.0`, 0.00001 -> `1e-05`. */
export function pyFloat(value: number): string {
  if (!Number.isFinite(value)) return pyNumber(value);
  const text = pyNumber(value);
  return /^-?\d+$/.test(text) ? `${Object.is(value, -0) ? "-0" : text}.0` : text;
}

/** A number as it was given: 20 -> `20`, 0.5 -> `0.5`. */
export function pyNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (Number.isInteger(value) && power < MOST) return String(value);
  if (power >= LEAST && power < MOST) return value.toFixed(Math.max(0, fractionDigits(digits) - power));
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** [1, 2] -> `(1, 2)`, [1] -> `(1,)`; null and undefined are `None`. */
export function pyTuple(values: readonly (number | null)[], ofOne: (value: number) => string = pyNumber): string {
  const texts = values.map((value) => (value === null ? "None" : ofOne(value)));
  return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(", ")})`;
}

/** A number, or several as a tuple, as they were given. */
export function pySize(
  value: number | null | undefined | readonly (number | null)[],
  ofOne: (value: number) => string = pyNumber,
): string {
  if (value === null || value === undefined) return "None";
  return typeof value === "number" ? ofOne(value) : pyTuple(value, ofOne);
}

function fractionDigits(digits: string): number {
  return digits.split(".")[1]?.length ?? 0;
}
